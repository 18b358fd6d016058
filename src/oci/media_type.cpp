#include "oci/media_type.hpp"

#include "model/media_types.hpp"

#include <algorithm>

namespace berth::oci {

namespace {

constexpr std::string_view white_space = " \t";
constexpr std::string_view foreign_layer = "application/vnd.docker.image.rootfs.foreign.diff.tar";
constexpr std::string_view non_distributable_layer = "application/vnd.oci.image.layer.nondistributable.";

constexpr char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

std::string normalised_media_type(std::string_view text) {
    text = text.substr(0, text.find(';'));
    const auto first = text.find_first_not_of(white_space);
    if (first == std::string_view::npos) return {};
    text = text.substr(first, text.find_last_not_of(white_space) - first + 1);
    std::string normalised(text);
    std::ranges::transform(normalised, normalised.begin(), lower);
    return normalised;
}

std::optional<ManifestKind> manifest_kind(std::string_view media_type) {
    using namespace model::media_type;
    if (media_type == oci_manifest || media_type == docker_manifest) return ManifestKind::image;
    if (media_type == oci_index || media_type == docker_list) return ManifestKind::index;
    return std::nullopt;
}

bool is_non_distributable(std::string_view media_type) {
    return media_type.starts_with(non_distributable_layer) || media_type.starts_with(foreign_layer);
}

}  // namespace berth::oci
