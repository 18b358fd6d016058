#include "inventory/image_json.hpp"

#include "archive/path.hpp"
#include "inventory/verified_source.hpp"

#include <boost/json.hpp>

#include <array>

namespace berth::inventory {
namespace {

namespace json = boost::json;

constexpr std::size_t max_depth = 32;
constexpr std::array<std::string_view, 3> image_configs = {
    "application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json",
    "application/octet-stream",  // of the first schema 2 manifests
};

std::unexpected<Fault> broken(const char* what) {
    return fail(FaultKind::invalid_manifest, std::string("the image's ") + what);
}

std::optional<json::value> parse(std::string_view text) {
    json::error_code error;
    auto value = json::parse(text, error, {}, {.max_depth = max_depth});
    return error ? std::nullopt : std::optional(std::move(value));
}

const json::object* object_at(const json::object& in, const char* key) {
    const auto* value = in.if_contains(key);
    return value != nullptr ? value->if_object() : nullptr;
}
const json::array* array_at(const json::object& in, const char* key) {
    const auto* value = in.if_contains(key);
    return value != nullptr ? value->if_array() : nullptr;
}
std::string text_at(const json::object& in, const char* key) {
    const auto* value = in.if_contains(key);
    const auto* text = value != nullptr ? value->if_string() : nullptr;
    return text != nullptr ? std::string(*text) : std::string();
}

Result<std::string> digest_at(const json::object& descriptor) {
    auto digest = text_at(descriptor, "digest");
    if (auto checked = check_digest_form(digest); !checked) return fail(std::move(checked));
    return digest;
}

Platform platform_at(const json::object& in) {
    return {.os = text_at(in, "os"), .architecture = text_at(in, "architecture"), .variant = text_at(in, "variant")};
}

Result<Index> index_of(const json::array& manifests) {
    Index index;
    for (const auto& item : manifests) {
        const auto* descriptor = item.if_object();
        if (descriptor == nullptr) return broken("index lists something that is no descriptor");
        const auto* platform = object_at(*descriptor, "platform");
        if (platform != nullptr && text_at(*platform, "os") == "unknown") continue;
        auto digest = digest_at(*descriptor);
        if (!digest) return fail(std::move(digest));
        index.manifests.push_back(std::move(*digest));
        index.platforms.push_back(platform != nullptr ? platform_at(*platform) : Platform{});
    }
    return index;
}

bool is_foreign(std::string_view media_type) {
    return media_type.starts_with("application/vnd.oci.image.layer.nondistributable.") ||
           media_type.starts_with("application/vnd.docker.image.rootfs.foreign.diff.tar");
}

Result<Manifest> manifest_of(const json::object& config, const json::array& layers) {
    const auto type = text_at(config, "mediaType");
    if (std::ranges::find(image_configs, type) == image_configs.end()) {
        return fail(FaultKind::unsupported, "not a container image, but an artifact of type " + type.substr(0, 200));
    }
    Manifest manifest;
    auto digest = digest_at(config);
    if (!digest) return fail(std::move(digest));
    manifest.config = std::move(*digest);
    for (const auto& item : layers) {
        const auto* descriptor = item.if_object();
        if (descriptor == nullptr) return broken("manifest lists a layer that is no descriptor");
        auto layer = digest_at(*descriptor);
        if (!layer) return fail(std::move(layer));
        manifest.layers.push_back(
            {.digest = std::move(*layer), .foreign = is_foreign(text_at(*descriptor, "mediaType"))});
    }
    return manifest;
}

}  // namespace

Result<ManifestOrIndex> parse_manifest(std::string_view text) {
    const auto value = parse(text);
    const auto* root = value ? value->if_object() : nullptr;
    if (root == nullptr) return broken("manifest is no JSON object");
    ManifestOrIndex found;
    if (const auto* manifests = array_at(*root, "manifests")) {
        auto index = index_of(*manifests);
        if (!index) return fail(std::move(index));
        found.index = std::move(*index);
        return found;
    }
    const auto* config = object_at(*root, "config");
    const auto* layers = array_at(*root, "layers");
    if (config == nullptr || layers == nullptr) return broken("manifest has no configuration or no layers");
    auto manifest = manifest_of(*config, *layers);
    if (!manifest) return fail(std::move(manifest));
    found.manifest = std::move(*manifest);
    return found;
}

Result<Config> parse_config(std::string_view text) {
    const auto value = parse(text);
    const auto* root = value ? value->if_object() : nullptr;
    if (root == nullptr) return broken("configuration is no JSON object");
    Config config{.platform = platform_at(*root), .diff_ids = {}};
    const auto* rootfs = object_at(*root, "rootfs");
    const auto* ids = rootfs != nullptr ? array_at(*rootfs, "diff_ids") : nullptr;
    if (ids == nullptr) return broken("configuration names no layers");
    for (const auto& item : *ids) {
        const auto* id = item.if_string();
        if (id == nullptr) return broken("configuration names a layer by something that is no text");
        if (auto checked = check_digest_form(*id); !checked) return fail(std::move(checked));
        config.diff_ids.emplace_back(*id);
    }
    return config;
}

Platform completed(Platform own, const Platform& listed) {
    if (own.os.empty()) return listed;
    const bool same = own.os == listed.os && own.architecture == listed.architecture;
    if (same && own.variant.empty()) own.variant = listed.variant;
    return own;
}

Result<std::vector<SavedImage>> parse_saved_images(std::string_view text) {
    const auto value = parse(text);
    const auto* list = value ? value->if_array() : nullptr;
    if (list == nullptr) return broken("manifest.json is no JSON list");
    std::vector<SavedImage> images;
    for (const auto& item : *list) {
        const auto* image = item.if_object();
        const auto* layers = image != nullptr ? array_at(*image, "Layers") : nullptr;
        if (layers == nullptr) return broken("manifest.json has an image without layers");
        auto config = archive::normal_path(text_at(*image, "Config"));
        if (!config) return broken("manifest.json names a path that leads out");
        auto& saved = images.emplace_back(SavedImage{.config = std::move(*config), .layers = {}});
        for (const auto& layer : *layers) {
            auto path = layer.is_string() ? archive::normal_path(layer.get_string()) : std::nullopt;
            if (!path) return broken("manifest.json names a path that leads out");
            saved.layers.push_back(std::move(*path));
        }
    }
    return images;
}

}  // namespace berth::inventory
