// Manifests: whatever is accepted keeps its promises, and converts to something that is accepted as well.
#include "oci/manifest.hpp"

#include "check.hpp"
#include "oci/convert.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace oci = berth::oci;

namespace {

constexpr std::string_view docker_manifest = "application/vnd.docker.distribution.manifest.v2+json";
constexpr std::string_view oci_manifest = "application/vnd.oci.image.manifest.v1+json";

void check_promises(const oci::Manifest& manifest) {
    check(oci::manifest_kind(manifest.media_type) == manifest.kind);
    const bool image = manifest.kind == oci::ManifestKind::image;
    check(image ? manifest.children.empty() && !manifest.blobs.empty() : manifest.blobs.empty());
    std::uint64_t sum = 0;
    for (const auto& blob : manifest.blobs) sum += blob.size;
    check(sum == manifest.content_size);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    for (const auto declared : {std::string_view{}, docker_manifest, oci_manifest}) {
        const auto parsed = oci::parse_manifest(bytes, declared);
        if (!parsed) {
            check(parsed.error().kind == berth::FaultKind::invalid_manifest);
            continue;
        }
        check_promises(*parsed);
        const auto other = parsed->media_type == oci_manifest ? docker_manifest : oci_manifest;
        const auto converted = oci::convert_manifest(bytes, parsed->media_type, other);
        if (!converted) continue;
        const auto again = oci::parse_manifest(*converted, other);
        check(again && again->blobs.size() == parsed->blobs.size());
    }
    return 0;
}
