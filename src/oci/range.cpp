#include "oci/range.hpp"

#include <charconv>
#include <limits>

namespace berth::oci {

namespace {

constexpr std::string_view white_space = " \t";
constexpr std::uint64_t max_offset = std::numeric_limits<std::int64_t>::max();

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(white_space);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(white_space) - first + 1);
}

// Digits only. What does not fit is as good as the largest offset there is: no content reaches that far.
std::optional<std::uint64_t> parse_offset(std::string_view text) {
    if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc::result_out_of_range || value > max_offset) return max_offset;
    return value;
}

// Takes "bytes" and what stands between it and the ranges off the front, without regard to case.
bool strip_unit(std::string_view& text, char separator) {
    constexpr std::string_view unit = "bytes";
    if (text.size() <= unit.size() || text[unit.size()] != separator) return false;
    for (std::size_t i = 0; i < unit.size(); ++i) {
        if ((text[i] | 0x20) != unit[i]) return false;
    }
    text.remove_prefix(unit.size() + 1);
    return true;
}

RangeAnswer answer_suffix(std::string_view length_text, std::uint64_t size) {
    const auto length = parse_offset(length_text);
    if (!length) return WholeContent{};
    if (*length == 0 || size == 0) return Unsatisfiable{};
    return ByteRange{.first = *length >= size ? 0 : size - *length, .last = size - 1};
}

}  // namespace

RangeAnswer answer_range(std::string_view header, std::uint64_t size) {
    auto text = trimmed(header);
    if (!strip_unit(text, '=')) return WholeContent{};
    text = trimmed(text);
    const auto dash = text.find('-');
    if (dash == std::string_view::npos) return WholeContent{};
    if (dash == 0) return answer_suffix(text.substr(1), size);
    const auto first = parse_offset(text.substr(0, dash));
    const auto last_text = text.substr(dash + 1);
    const auto last = last_text.empty() ? std::optional(max_offset) : parse_offset(last_text);
    if (!first || !last) return WholeContent{};
    if (*first >= size || *last < *first) return Unsatisfiable{};
    return ByteRange{.first = *first, .last = *last < size ? *last : size - 1};
}

std::optional<ByteRange> parse_content_range(std::string_view header) {
    auto text = trimmed(header);
    if (strip_unit(text, ' ') || strip_unit(text, '=')) text = trimmed(text.substr(0, text.find('/')));
    const auto dash = text.find('-');
    if (dash == std::string_view::npos) return std::nullopt;
    const auto first = parse_offset(text.substr(0, dash));
    const auto last = parse_offset(text.substr(dash + 1));
    if (!first || !last || *last < *first || *last == max_offset) return std::nullopt;
    return ByteRange{.first = *first, .last = *last};
}

}  // namespace berth::oci
