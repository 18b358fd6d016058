// One image to its inventory: each layer read once, or not at all where its inventory is known.
#pragma once

#include "inventory/image_source.hpp"
#include "inventory/limits.hpp"
#include "inventory/package.hpp"

#include <optional>
#include <string>

namespace berth::inventory {

// Where inventories of layers are kept, as bytes (encode_layer). Called by one thread.
class LayerCache {
public:
    LayerCache() = default;
    LayerCache(const LayerCache&) = delete;
    LayerCache& operator=(const LayerCache&) = delete;
    virtual ~LayerCache() = default;
    // `key`: the layer's digest and the scanner's version. Bytes that turn out not to fit are read anew.
    [[nodiscard]] virtual std::optional<std::string> find(const std::string& key) = 0;
    virtual void keep(const std::string& key, const std::string& bytes) = 0;
};

// Says of the layer at `index` that it is not kept with the image and what is in it is not known.
void note_absent_layer(std::size_t index, Inventory& inventory);

[[nodiscard]] std::string layer_key(const ImageLayer& layer);

// `cache` may be null. Faults: too_large (a limit, named), deadline, invalid_parameter and unsupported (a layer that is
// no archive), digest_mismatch, and those of the source; the text names the layer. There is no partial answer to these:
// findings of some layers must not look like those of the image. What single files cannot tell stands in `problems`,
// and so does a layer that is absent.
[[nodiscard]] Result<Inventory> inventory_of(ImageSource& image, const Limits& limits, LayerCache* cache);

}  // namespace berth::inventory
