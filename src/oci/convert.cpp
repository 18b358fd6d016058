#include "oci/convert.hpp"

#include "model/media_types.hpp"
#include "oci/strict_json.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <array>
#include <span>

namespace berth::oci {

namespace {

namespace json = boost::json;
namespace media_type = model::media_type;

constexpr std::size_t max_depth = 32;  // what is stored was parsed under a limit already

struct Pair {
    std::string_view docker;
    std::string_view oci;
};

constexpr Pair manifest_pair{media_type::docker_manifest, media_type::oci_manifest};
constexpr std::array config_pairs{Pair{media_type::docker_config, media_type::oci_config}};
constexpr std::array layer_pairs{
    Pair{media_type::docker_layer, "application/vnd.oci.image.layer.v1.tar+gzip"},
    Pair{"application/vnd.docker.image.rootfs.diff.tar", "application/vnd.oci.image.layer.v1.tar"},
    Pair{"application/vnd.docker.image.rootfs.diff.tar.zstd", "application/vnd.oci.image.layer.v1.tar+zstd"},
    Pair{"application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
         "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip"},
    Pair{"application/vnd.docker.image.rootfs.foreign.diff.tar",
         "application/vnd.oci.image.layer.nondistributable.v1.tar"},
};

enum class Direction : std::uint8_t { to_docker, to_oci };

bool rename(json::value& descriptor, std::span<const Pair> pairs, Direction direction) {
    auto* object = descriptor.if_object();
    auto* type = object != nullptr ? object->if_contains("mediaType") : nullptr;
    if (type == nullptr || !type->is_string()) return false;
    const std::string_view text(type->get_string().data(), type->get_string().size());
    for (const auto& pair : pairs) {
        const auto from = direction == Direction::to_oci ? pair.docker : pair.oci;
        const auto to = direction == Direction::to_oci ? pair.oci : pair.docker;
        if (text != from && text != to) continue;
        *type = json::string(to.data(), to.size());
        return true;
    }
    return false;
}

std::optional<Direction> direction_of(std::string_view from, std::string_view to) {
    if (from == manifest_pair.docker && to == manifest_pair.oci) return Direction::to_oci;
    if (from == manifest_pair.oci && to == manifest_pair.docker) return Direction::to_docker;
    return std::nullopt;
}

}  // namespace

std::optional<std::string> convert_manifest(std::string_view bytes, std::string_view from, std::string_view to) {
    const auto direction = direction_of(from, to);
    if (!direction) return std::nullopt;
    auto document = parse_strict_json(bytes, max_depth);
    auto* manifest = document ? document->if_object() : nullptr;
    if (manifest == nullptr) return std::nullopt;

    // A config or a layer without a counterpart (an artifact, for one) has no form of the other kind.
    auto* config = manifest->if_contains("config");
    if (config == nullptr || !rename(*config, config_pairs, *direction)) return std::nullopt;
    auto* layers = manifest->if_contains("layers");
    if (layers == nullptr || !layers->is_array()) return std::nullopt;
    for (auto& layer : layers->get_array()) {
        if (!rename(layer, layer_pairs, *direction)) return std::nullopt;
    }
    (*manifest)["mediaType"] = json::string(to.data(), to.size());
    return json::serialize(*manifest);
}

}  // namespace berth::oci
