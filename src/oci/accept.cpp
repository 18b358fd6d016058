#include "oci/accept.hpp"

#include <cstdint>

namespace berth::oci {

namespace {

constexpr std::string_view white_space = " \t";

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(white_space);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(white_space) - first + 1);
}

// Takes everything up to the separator off the front, and the separator.
std::string_view next_item(std::string_view& rest, char separator) {
    const auto end = rest.find(separator);
    const auto item = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    return trimmed(item);
}

constexpr char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_text(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (lower(a[i]) != lower(b[i])) return false;
    }
    return true;
}

enum Specificity : std::uint8_t { none, anything, type_only, exact };

Specificity match(std::string_view range, std::string_view media_type) {
    if (same_text(range, media_type)) return exact;
    if (range == "*/*" || range == "*") return anything;
    if (!range.ends_with("/*")) return none;
    const auto type = range.substr(0, range.size() - 1);
    return same_text(type, media_type.substr(0, type.size())) ? type_only : none;
}

// q=0, q=0.0 ... Every other weight means "taken": one form is stored, there is nothing to rank.
bool is_zero_weight(std::string_view parameters) {
    while (!parameters.empty()) {
        const auto parameter = next_item(parameters, ';');
        if (parameter.size() < 3 || lower(parameter[0]) != 'q' || parameter[1] != '=') continue;
        const auto weight = parameter.substr(2);
        return weight[0] == '0' && weight.find_first_not_of("0.") == std::string_view::npos;
    }
    return false;
}

}  // namespace

bool accepts(std::span<const std::string_view> headers, std::string_view media_type) {
    auto best = none;
    bool any_range = false;
    bool taken = false;
    for (auto header : headers) {
        while (!header.empty()) {
            auto parameters = next_item(header, ',');
            const auto range = next_item(parameters, ';');
            if (range.empty()) continue;
            any_range = true;
            const auto specificity = match(range, media_type);
            if (specificity == none || specificity < best) continue;
            const bool refused = is_zero_weight(parameters);
            // The same range twice: once taken is taken.
            taken = specificity == best ? taken || !refused : !refused;
            best = specificity;
        }
    }
    return !any_range || taken;
}

}  // namespace berth::oci
