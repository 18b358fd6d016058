// Reading manifests: OCI image manifests and indexes (image-spec 1.1), Docker schema 2 manifests and lists.
// Pure: bytes in, values out. Hostile input is expected; nothing is trusted before it was checked.
#pragma once

#include "base/result.hpp"
#include "model/image.hpp"
#include "oci/media_type.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace berth::oci {

struct Manifest {
    ManifestKind kind = ManifestKind::image;
    std::string media_type;
    std::optional<std::string> artifact_type;  // artifactType, else (image only) the config's media type
    std::vector<model::Descriptor> blobs;      // config first, then layers; without non-distributable ones
    std::vector<model::Descriptor> children;   // an index's manifests
    std::optional<model::Descriptor> subject;
    std::string annotations_json;    // the annotations object as compact JSON; empty when there is none
    std::uint64_t content_size = 0;  // config + layers, as descriptors say; 0 for an index
};

struct ManifestLimits {
    std::size_t depth = 32;
    std::size_t descriptors = 10'000;
};

// `declared` is the media type the caller gave; without it the document's own mediaType counts. A declared type that
// contradicts the document's is refused. Fault: invalid_manifest, with what is wrong and where.
[[nodiscard]] Result<Manifest> parse_manifest(std::string_view bytes, std::optional<std::string_view> declared,
                                              const ManifestLimits& limits = {});

}  // namespace berth::oci
