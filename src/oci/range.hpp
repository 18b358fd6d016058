// Byte ranges: those clients ask for (RFC 9110, section 14) and those they send (OCI Distribution 1.1, "Pushing a blob
// in chunks"). Bounds are inclusive, as on the wire.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

namespace berth::oci {

struct ByteRange {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    [[nodiscard]] std::uint64_t length() const { return last - first + 1; }
    friend bool operator==(const ByteRange&, const ByteRange&) = default;
};

struct WholeContent {
    friend bool operator==(const WholeContent&, const WholeContent&) = default;
};
struct Unsatisfiable {
    friend bool operator==(const Unsatisfiable&, const Unsatisfiable&) = default;
};

// What to send for the value of a Range header, of content with `size` bytes. Another unit, several ranges or a text
// that is no range at all are ignored: the whole. A range that begins behind the end, or ends before it begins, is
// unsatisfiable (416). A ByteRange lies within the content.
using RangeAnswer = std::variant<WholeContent, ByteRange, Unsatisfiable>;
[[nodiscard]] RangeAnswer answer_range(std::string_view header, std::uint64_t size);

// The Content-Range of a chunk: "<first>-<last>", as the specification has it, or HTTP's own "bytes
// <first>-<last>/...". nullopt for everything else; first <= last < 2^63.
[[nodiscard]] std::optional<ByteRange> parse_content_range(std::string_view header);

}  // namespace berth::oci
