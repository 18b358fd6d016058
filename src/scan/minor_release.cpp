#include "scan/minor_release.hpp"

#include <algorithm>

namespace berth::scan {

namespace {

std::size_t digits_at(std::string_view text, std::size_t from) {
    const auto end = std::min(text.find_first_not_of("0123456789", from), text.size());
    return end - std::min(from, end);
}

}  // namespace

std::string_view minor_release_in(std::string_view version) {
    constexpr std::string_view mark = ".el";
    const auto at = version.rfind(mark);
    if (at == std::string_view::npos) return {};
    const auto major = at + mark.size();
    const auto underscore = major + digits_at(version, major);
    if (underscore == major || underscore >= version.size() || version[underscore] != '_') return {};
    const auto minor = digits_at(version, underscore + 1);
    return minor == 0 ? std::string_view{} : version.substr(at + 1, underscore + minor - at);
}

}  // namespace berth::scan
