#include "auth/lines.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace berth::auth {

std::string join_lines(std::initializer_list<std::string_view> fields) {
    std::string text;
    for (const auto field : fields) {
        if (std::ranges::any_of(field, [](char c) { return static_cast<unsigned char>(c) < 0x20; })) {
            throw std::invalid_argument("a signed field has a control character");
        }
        if (!text.empty()) text += '\n';
        text += field;
    }
    return text;
}

std::optional<std::vector<std::string_view>> split_lines(std::string_view text, std::size_t count) {
    std::vector<std::string_view> fields;
    fields.reserve(count);
    for (;;) {
        const auto end = text.find('\n');
        if (fields.size() == count) return std::nullopt;
        fields.push_back(text.substr(0, end));
        if (end == std::string_view::npos) break;
        text.remove_prefix(end + 1);
    }
    if (fields.size() != count) return std::nullopt;
    return fields;
}

std::string to_text(Timestamp time) {
    return std::to_string(time.time_since_epoch().count());
}

std::optional<Timestamp> parse_time(std::string_view text) {
    std::int64_t milliseconds = 0;
    const auto* end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, milliseconds);
    if (error != std::errc{} || stopped != end || text.empty()) return std::nullopt;
    return Timestamp(std::chrono::milliseconds(milliseconds));
}

}  // namespace berth::auth
