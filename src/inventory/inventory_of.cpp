#include "inventory/inventory_of.hpp"

#include "inventory/layer_inventory.hpp"

namespace berth::inventory {
namespace {

Result<LayerScan> scan_once(ImageSource& image, std::size_t index, const Limits& limits,
                            const std::vector<MissedLink>& also) {
    auto bytes = image.open_layer(index);
    if (!bytes) return fail(std::move(bytes));
    return scan_layer(**bytes, limits, image.is_source_tree() ? Scope::source_tree : Scope::anywhere, also);
}

Result<LayerInventory> scan(ImageSource& image, std::size_t index, const Limits& limits) {
    auto first = scan_once(image, index, limits, {});
    if (!first) return fail(std::move(first));
    if (first->missed.empty()) return std::move(first->layer);
    auto second = scan_once(image, index, limits, first->missed);
    if (!second) return fail(std::move(second));
    return std::move(second->layer);
}

Result<LayerInventory> layer_of(ImageSource& image, std::size_t index, const Limits& limits, LayerCache* cache) {
    const auto& layer = image.layers()[index];
    if (layer.absent) return LayerInventory{};
    const bool cached = cache != nullptr && !layer.digest.empty();
    if (cached) {
        const auto bytes = cache->find(layer_key(layer));
        auto known = bytes ? decode_layer(*bytes) : std::nullopt;
        if (known) return std::move(*known);
    }
    auto found = scan(image, index, limits);
    if (found && cached) cache->keep(layer_key(layer), encode_layer(*found));
    return found;
}

}  // namespace

void note_absent_layer(std::size_t index, Inventory& inventory) {
    inventory.problems.push_back("layer " + std::to_string(index + 1) +
                                 " is foreign: it is not kept with the image, and was not looked at");
    inventory.gaps.push_back(inventory.problems.back());
}

std::string layer_key(const ImageLayer& layer) {
    return layer.digest + '#' + std::to_string(scanner_version);
}

Result<Inventory> inventory_of(ImageSource& image, const Limits& limits, LayerCache* cache) {
    const auto count = image.layers().size();
    if (count > limits.layers) {
        return fail(FaultKind::too_large,
                    "the image has more than the " + std::to_string(limits.layers) + " layers allowed");
    }
    std::vector<LayerInventory> layers;
    std::size_t found_bytes = 0;
    for (std::size_t i = 0; i < count; ++i) {
        auto layer = layer_of(image, i, limits, cache);
        if (!layer) {
            auto fault = std::move(layer).error();
            fault.message = "layer " + std::to_string(i + 1) + " of " + std::to_string(count) + ": " + fault.message;
            return std::unexpected(std::move(fault));
        }
        found_bytes += weight_of(*layer);
        if (found_bytes > limits.found_bytes_of_image) {
            return fail(FaultKind::too_large, "what the image's layers hold takes more than the " +
                                                  std::to_string(limits.found_bytes_of_image) + " bytes allowed");
        }
        layers.push_back(std::move(*layer));
    }
    auto inventory = union_of(layers);
    for (std::size_t i = 0; i < count; ++i) {
        if (image.layers()[i].absent) note_absent_layer(i, inventory);
    }
    for (auto& problem : image.problems()) inventory.problems.push_back(std::move(problem));
    return inventory;
}

}  // namespace berth::inventory
