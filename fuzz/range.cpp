// Range and Content-Range: a range that is given out lies within the content.
#include "oci/range.hpp"

#include "check.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    for (const std::uint64_t content : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{2048}, UINT64_MAX}) {
        const auto answer = berth::oci::answer_range(text, content);
        const auto* range = std::get_if<berth::oci::ByteRange>(&answer);
        if (range != nullptr) check(range->first <= range->last && range->last < content && range->length() > 0);
    }
    const auto chunk = berth::oci::parse_content_range(text);
    if (chunk) check(chunk->first <= chunk->last && chunk->last < UINT64_MAX / 2);
    return 0;
}
