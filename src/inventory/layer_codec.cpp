// A layer's inventory as bytes.
#include "inventory/codec.hpp"
#include "inventory/layer_inventory.hpp"

namespace berth::inventory {
namespace {

constexpr std::string_view magic = "BLI";
constexpr std::size_t node_bytes = 4 * sizeof(void*);  // of a map, beside its value

void write(Writer& out, const FileFacts& facts) {
    out.list(facts.packages, [&](const Package& package) { write(out, package); });
    write(out, facts.distribution);
    out.list(facts.owned, [&](const OwnedFiles& owned) {
        out.text(owned.package);
        out.list(owned.paths, [&](const auto& path) { out.text(path); });
    });
    out.list(facts.problems, [&](const auto& problem) { out.text(problem); });
}

FileFacts read_facts(Reader& in) {
    FileFacts facts;
    in.list(sizeof(Package), [&] { facts.packages.push_back(read_package(in)); });
    facts.distribution = read_distribution(in);
    in.list(sizeof(OwnedFiles), [&] {
        auto& owned = facts.owned.emplace_back();
        owned.package = in.text();
        in.list(sizeof(std::string), [&] { owned.paths.push_back(in.text()); });
    });
    in.list(sizeof(std::string), [&] { facts.problems.push_back(in.text()); });
    return facts;
}

void write(Writer& out, const LayerInventory::Paths& paths) {
    out.list(paths, [&](const auto& pair) {
        out.text(pair.first);
        out.text(pair.second);
    });
}

LayerInventory::Paths read_paths(Reader& in) {
    LayerInventory::Paths paths;
    in.list(node_bytes + 2 * sizeof(std::string), [&] {
        auto path = in.text();
        paths.insert_or_assign(std::move(path), in.text());
    });
    return paths;
}

}  // namespace

std::string encode_layer(const LayerInventory& layer) {
    Writer out;
    out.list(layer.files, [&](const auto& file) {
        out.text(file.first);
        write(out, file.second);
    });
    write(out, layer.symlinks);
    write(out, layer.hard_links);
    out.list(layer.problems, [&](const auto& problem) { out.text(problem); });
    for (const auto* set : {&layer.covered, &layer.folders, &layer.emptied}) out.hashes(*set);

    return pack(magic, out.bytes());
}

std::optional<LayerInventory> decode_layer(std::string_view bytes, std::uint64_t most_memory) {
    const auto plain = unpack_coded(magic, bytes, most_memory);
    if (!plain) return std::nullopt;
    Reader in(*plain, most_memory);
    LayerInventory layer;
    in.list(node_bytes + sizeof(std::string) + sizeof(FileFacts), [&] {
        auto path = in.text();
        layer.files.insert_or_assign(std::move(path), read_facts(in));
    });
    layer.symlinks = read_paths(in);
    layer.hard_links = read_paths(in);
    in.list(sizeof(std::string), [&] { layer.problems.push_back(in.text()); });
    for (auto* set : {&layer.covered, &layer.folders, &layer.emptied}) *set = in.hashes();
    return in.done() ? std::optional(std::move(layer)) : std::nullopt;
}

}  // namespace berth::inventory
