#include "scanning/built_in/followed.hpp"

#include "inventory/layer_inventory.hpp"
#include "model/digest.hpp"
#include "scanning/followed_findings.hpp"

#include <map>
#include <utility>

namespace berth::scanning {
namespace {

// Names hold no zero bytes that could make two lists look like one: they are written with their lengths.
void append(std::string& text, std::string_view word) {
    text += std::to_string(word.size());
    text += ':';
    text += word;
}

std::string hash_of(const store::LookupSet& set) {
    std::string text;
    for (const auto& lookup : set.lookups) {
        append(text, lookup.ecosystem);
        append(text, lookup.release);
        append(text, lookup.package);
    }
    return model::Digest::of(text).text();
}

}  // namespace

std::vector<inventory::Inventory> parts_of(const inventory::Inventory& inventory) {
    std::map<std::size_t, inventory::Inventory> by_layer;
    for (const auto& package : inventory.packages) {
        auto& part = by_layer[package.layer];
        part.packages.push_back(package);
        part.packages.back().licences.clear();
    }
    std::vector<inventory::Inventory> parts;
    for (auto& [layer, part] : by_layer) {
        part.distribution = inventory.distribution;
        parts.push_back(std::move(part));
    }
    return parts;
}

store::InventoryFindings to_store(const KeptFindings& kept) {
    return {.brief = Brief::encode(kept.findings.findings), .bytes = encode_findings(kept)};
}

store::FollowedInventory frozen_inventory(const inventory::Inventory& part, std::string_view generation) {
    store::FollowedInventory frozen;
    frozen.hash = model::Digest::of(inventory::encode_inventory(part)).text() + " " + std::string(generation);
    return frozen;
}

store::FollowedInventory followed_inventory(const inventory::Inventory& part) {
    store::FollowedInventory followed;
    followed.bytes = inventory::encode_inventory(part);
    followed.hash = model::Digest::of(followed.bytes).text();
    const vulndb::Stream* stream = nullptr;
    const auto lookups = scan::lookups_of(part, scan::Depth::enhanced);
    for (const auto& lookup : lookups) {
        if (stream == nullptr || *stream != lookup.stream) {
            stream = &lookup.stream;
            followed.sets.emplace_back().lookups.push_back(
                {.ecosystem = stream->ecosystem, .release = stream->release, .package = {}});
        }
        followed.sets.back().lookups.push_back(
            {.ecosystem = stream->ecosystem, .release = stream->release, .package = lookup.package});
    }
    for (auto& set : followed.sets) set.hash = hash_of(set);
    return followed;
}

}  // namespace berth::scanning
