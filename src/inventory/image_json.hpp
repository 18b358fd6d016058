// The documents that say what an image is made of: OCI image indexes, manifests and configurations, and the
// manifest.json of `docker save`. Pure; every text in the answers was checked for its form.
#pragma once

#include "inventory/image_source.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace berth::inventory {

inline constexpr std::uint64_t max_document_bytes = std::uint64_t{4} << 20;

struct Index {
    std::vector<std::string> manifests;  // digests; attestations are left out
    std::vector<Platform> platforms;     // of each, as the index has it: empty texts where it does not say
};
struct LayerDescriptor {
    std::string digest;
    bool foreign = false;  // not to be distributed: registries need not have it
};
struct Manifest {
    std::string config;
    std::vector<LayerDescriptor> layers;
};
struct Config {
    Platform platform;
    std::vector<std::string> diff_ids;
};
struct SavedImage {
    std::string config;  // paths in the archive, in normal form
    std::vector<std::string> layers;
};

// An index or a manifest of either family, as the OCI and Docker media types or its shape say.
struct ManifestOrIndex {
    std::optional<Index> index;
    std::optional<Manifest> manifest;
};

// Faults: invalid_manifest, and unsupported where it is something else than an image.
[[nodiscard]] Result<ManifestOrIndex> parse_manifest(std::string_view json);
[[nodiscard]] Result<Config> parse_config(std::string_view json);
// An image's platform as its configuration has it, with what only the index's entry for it says.
[[nodiscard]] Platform completed(Platform own, const Platform& listed);
[[nodiscard]] Result<std::vector<SavedImage>> parse_saved_images(std::string_view json);

}  // namespace berth::inventory
