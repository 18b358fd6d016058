// An image's inventory as bytes.
#include "inventory/codec.hpp"
#include "inventory/layer_inventory.hpp"

namespace berth::inventory {
namespace {

constexpr std::string_view magic = "BII";

}  // namespace

std::string encode_inventory(const Inventory& inventory) {
    Writer out;
    write(out, inventory.distribution);
    out.list(inventory.packages, [&](const Package& package) {
        write(out, package);
        out.number(package.layer);
        for (const auto* text : {&package.owned_by, &package.owner_source, &package.owner_vendor}) out.text(*text);
    });
    for (const auto* texts : {&inventory.problems, &inventory.gaps}) {
        out.list(*texts, [&](const auto& text) { out.text(text); });
    }
    return pack(magic, out.bytes());
}

std::optional<Inventory> decode_inventory(std::string_view bytes, std::uint64_t most_memory) {
    const auto plain = unpack_coded(magic, bytes, most_memory);
    if (!plain) return std::nullopt;
    Reader in(*plain, most_memory);
    Inventory inventory;
    inventory.distribution = read_distribution(in);
    in.list(sizeof(Package), [&] {
        auto package = read_package(in);
        package.layer = static_cast<std::size_t>(in.number());
        for (auto* text : {&package.owned_by, &package.owner_source, &package.owner_vendor}) *text = in.text();
        inventory.packages.push_back(std::move(package));
    });
    for (auto* texts : {&inventory.problems, &inventory.gaps}) {
        in.list(sizeof(std::string), [&] { texts->push_back(in.text()); });
    }
    return in.done() ? std::optional(std::move(inventory)) : std::nullopt;
}

}  // namespace berth::inventory
