#include "lifecycle/images.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>

namespace berth::lifecycle {

namespace {

constexpr std::size_t longest_tag = std::numeric_limits<std::uint16_t>::max();

std::uint64_t hex_value(char c) {
    if (c >= '0' && c <= '9') return static_cast<std::uint64_t>(c - '0');
    if (c >= 'a' && c <= 'f') return static_cast<std::uint64_t>(c - 'a') + 10;
    return 0;
}

// OCI Distribution 1.1, "Referrers Tag Schema", and what cosign makes of it: sha256-<64 hex>, sha256-<64 hex>.sig
bool is_referrers_tag(std::string_view tag) {
    constexpr std::string_view start = "sha256-";
    constexpr std::size_t hex_length = 64;
    if (!tag.starts_with(start) || tag.size() < start.size() + hex_length) return false;
    const auto hex = tag.substr(start.size(), hex_length);
    const auto rest = tag.substr(start.size() + hex_length);
    return hex.find_first_not_of("0123456789abcdef") == std::string_view::npos && (rest.empty() || rest[0] == '.');
}

}  // namespace

void Images::reserve(std::size_t count) {
    records_.reserve(count);
}

std::uint32_t Images::add(const Image& image) {
    if (records_.size() >= std::numeric_limits<std::uint32_t>::max()) throw std::length_error("too many images");
    const auto index = static_cast<std::uint32_t>(records_.size());
    for (const auto tag : image.tags) {
        if (tag.size() > longest_tag) throw std::length_error("a tag is too long");
        tags_.push_back(static_cast<char>(tag.size() >> 8U));
        tags_.push_back(static_cast<char>(tag.size() & 0xFFU));
        tags_.insert(tags_.end(), tag.begin(), tag.end());
    }
    for (const auto child : image.children) children_.push_back({.image = index, .key = key_of(child)});
    if (!image.subject.empty()) subjects_.push_back({.image = index, .key = key_of(image.subject)});

    const auto pushed = image.last_activated_at.value_or(image.pushed_at);
    const bool pulled = image.last_pulled_at && image.last_pulled_at >= image.last_activated_at;
    records_.push_back({
        .pushed = pushed,
        .pulled = pulled ? *image.last_pulled_at : pushed,
        .archived = image.last_archived_at.value_or(Timestamp::min()),
        .key = key_of(image.digest),
        .tags_end = tags_.size(),
        .status = image.status,
        .referrer =
            !image.subject.empty() || (!image.tags.empty() && std::ranges::all_of(image.tags, is_referrers_tag)),
    });
    return index;
}

Images::Key Images::key_of(std::string_view digest) {
    const auto hex = digest.substr(std::min(digest.find(':') + 1, digest.size()));
    Key key{};
    for (std::size_t i = 0; i < std::min<std::size_t>(hex.size(), 32); ++i) {
        key[i / 16] = key[i / 16] << 4U | hex_value(hex[i]);
    }
    return key;
}

}  // namespace berth::lifecycle
