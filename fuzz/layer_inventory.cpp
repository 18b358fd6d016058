// The kept form of a layer's inventory: what can be decoded is a fixed point.
#include "inventory/layer_inventory.hpp"

#include "check.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace berth::inventory;
    const auto layer = decode_layer({reinterpret_cast<const char*>(data), size});
    if (layer) check(decode_layer(encode_layer(*layer)) == layer);
    return 0;
}
