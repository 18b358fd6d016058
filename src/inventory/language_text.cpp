#include "inventory/language_text.hpp"

#include <algorithm>
#include <utility>

namespace berth::inventory {

namespace {

// Names are ASCII in every ecosystem; versions too. So nothing else needs to be thought of where they are shown.
bool can_be_a_name(std::string_view text) {
    const auto visible = [](char c) { return c > 0x20 && c < 0x7F; };
    return !text.empty() && text.size() <= max_name_length && std::ranges::all_of(text, visible);
}

}  // namespace

std::unexpected<Fault> unreadable(std::string message) {
    return fail(FaultKind::invalid_parameter, std::move(message));
}

std::string lower(std::string_view text) {
    std::string result(text);
    for (auto& c : result) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return result;
}

std::optional<std::string_view> quoted(std::string_view text) {
    const auto from = text.find_first_of("\"'");
    if (from == std::string_view::npos) return std::nullopt;
    const auto end = text.find(text[from], from + 1);
    if (end == std::string_view::npos) return std::nullopt;
    return text.substr(from + 1, end - from - 1);
}

Package* add_package(std::vector<Package>& packages, PackageType type, std::string_view name,
                     std::string_view version) {
    if (!can_be_a_name(name) || !can_be_a_name(version)) return nullptr;
    auto& package = packages.emplace_back();
    package.type = type;
    package.name = name;
    package.version = version;
    return &package;
}

}  // namespace berth::inventory
