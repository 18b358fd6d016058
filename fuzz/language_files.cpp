// Files of package managers: every reader takes any bytes, and a package it gives has a name and a version.
#include "check.hpp"
#include "inventory/file_reader.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace inventory = berth::inventory;

// The first byte chooses the reader, so that a seed stays with its own.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const auto readers = inventory::language_readers();
    const auto& reader = readers[data[0] % readers.size()];
    const auto bytes = std::as_bytes(std::span(data + 1, size - 1));
    for (const bool excerpt : {false, true}) {
        if (excerpt && reader.marker.empty()) continue;
        const auto facts = reader.read(
            {.file = {.path = "a/b-1.0.jar", .size = bytes.size(), .mode = 0755}, .bytes = bytes, .excerpt = excerpt});
        if (!facts) continue;
        for (const auto& package : facts->packages) check(!package.name.empty() && !package.version.empty());
    }
    return 0;
}
