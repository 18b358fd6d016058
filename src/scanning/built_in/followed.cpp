#include "scanning/built_in/followed.hpp"

#include "inventory/layer_inventory.hpp"
#include "model/digest.hpp"

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

store::FollowedInventory followed_inventory(const inventory::Inventory& inventory) {
    store::FollowedInventory followed;
    followed.bytes = inventory::encode_inventory(inventory);
    followed.hash = model::Digest::of(followed.bytes).text();
    const vulndb::Stream* stream = nullptr;
    const auto lookups = scan::lookups_of(inventory, scan::Depth::enhanced);
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
