// The kept form of an image's inventory: what can be decoded is a fixed point.
#include "check.hpp"
#include "inventory/layer_inventory.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace berth::inventory;
    const auto inventory = decode_inventory({reinterpret_cast<const char*>(data), size});
    if (!inventory) return 0;
    const auto bytes = encode_inventory(*inventory);
    const auto again = decode_inventory(bytes);
    check(again && encode_inventory(*again) == bytes);
    return 0;
}
