// A whole layer: compression, tar, every reader of files. What is read can be kept and put together, and costs no more
// memory than its limits allow.
#include "check.hpp"
#include "inventory/layer_inventory.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace berth;
    const std::span bytes(reinterpret_cast<const std::byte*>(data), size);
    inventory::Limits limits;
    limits.layer = {.unpacked_bytes = 16U << 20U, .ratio_free_bytes = 1U << 20U, .entries = 10'000};
    const auto read = [&](const std::vector<inventory::MissedLink>& also) {
        archive::MemorySource source(bytes);
        return inventory::scan_layer(source, limits, inventory::Scope::source_tree, also);
    };
    auto scan = read({});
    if (scan && !scan->missed.empty()) {
        scan = read(scan->missed);
        check(scan && scan->missed.empty());
    }
    if (!scan) return 0;
    const auto again = inventory::decode_layer(inventory::encode_layer(scan->layer));
    check(again == scan->layer);
    for (const auto& package : inventory::union_of({*again, *again}).packages) {
        check(!package.path.empty() && package.layer < 2);
    }
    return 0;
}
