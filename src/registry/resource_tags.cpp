#include "registry/resource_tags.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

namespace berth::registry {

namespace {

constexpr std::size_t max_key = 128;
constexpr std::size_t max_value = 256;

// Characters of UTF-8 text that may stand in a tag; nullopt when one may not. Letters beyond ASCII are not told from
// other signs there: any well-formed sequence is taken.
std::optional<std::size_t> count_allowed(std::string_view text) {
    constexpr std::string_view signs = " +-=._:/@";
    std::size_t count = 0;
    for (std::size_t i = 0; i < text.size(); ++count) {
        const auto lead = static_cast<unsigned char>(text[i]);
        std::size_t length = 1;
        if (lead < 0x80) {
            const bool alnum =
                (lead >= '0' && lead <= '9') || (lead >= 'a' && lead <= 'z') || (lead >= 'A' && lead <= 'Z');
            if (!alnum && signs.find(text[i]) == std::string_view::npos) return std::nullopt;
        } else if (lead >= 0xC2 && lead < 0xE0) {
            length = 2;
        } else if (lead >= 0xE0 && lead < 0xF0) {
            length = 3;
        } else if (lead >= 0xF0 && lead < 0xF5) {
            length = 4;
        } else {
            return std::nullopt;
        }
        if (i + length > text.size()) return std::nullopt;
        for (std::size_t k = 1; k < length; ++k) {
            if ((static_cast<unsigned char>(text[i + k]) & 0xC0) != 0x80) return std::nullopt;
        }
        i += length;
    }
    return count;
}

bool is_reserved(std::string_view key) {
    constexpr std::string_view prefix = "aws:";
    return key.size() >= prefix.size() && std::ranges::equal(key.substr(0, prefix.size()), prefix, {}, [](char c) {
               return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
           });
}

bool is_valid(const model::ResourceTag& tag) {
    const auto key = count_allowed(tag.key);
    const auto value = count_allowed(tag.value);
    return key && *key >= 1 && *key <= max_key && value && *value <= max_value && !is_reserved(tag.key);
}

}  // namespace

Result<std::vector<model::ResourceTag>> merge_resource_tags(std::vector<model::ResourceTag> present,
                                                            std::span<const model::ResourceTag> added) {
    for (std::size_t i = 0; i < added.size(); ++i) {
        const auto same_key = [&](const auto& other) { return other.key == added[i].key; };
        const bool twice = std::ranges::any_of(added.subspan(0, i), same_key);
        if (twice || !is_valid(added[i])) return fail(FaultKind::invalid_tag_parameter, "Tag parameters are invalid");
        const auto at = std::ranges::find_if(present, same_key);
        if (at == present.end()) {
            present.push_back(added[i]);
        } else {
            at->value = added[i].value;
        }
    }
    if (present.size() > max_resource_tags) {
        return fail(FaultKind::too_many_tags, "The repository would have " + std::to_string(present.size()) +
                                                  " tags; at most " + std::to_string(max_resource_tags) +
                                                  " are allowed");
    }
    return present;
}

}  // namespace berth::registry
