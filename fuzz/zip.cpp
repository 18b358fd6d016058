// Zip files: no entry gives out more than it announced.
#include "archive/zip.hpp"

#include "check.hpp"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace berth::archive;
    const Limits limits{.unpacked_bytes = 4U << 20U, .entries = 1000};
    auto zip = ZipReader::open({reinterpret_cast<const std::byte*>(data), size}, limits);
    if (!zip) return 0;
    for (const auto& entry : zip->entries()) {
        const auto content = zip->read(entry, 1U << 20U);
        if (content) check(content->size() == entry.size);
    }
    check(zip->unpacked_bytes() <= limits.unpacked_bytes);
    return 0;
}
