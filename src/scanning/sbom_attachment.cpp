#include "scanning/sbom_attachment.hpp"

#include "async/byte_source.hpp"
#include "model/media_types.hpp"
#include "sbom/cyclonedx.hpp"
#include "sbom/spdx.hpp"

#include <string_view>
#include <utility>

namespace berth::scanning {

namespace {

namespace media_type = model::media_type;

sbom::Subject subject_of(const registry::RepositoryRef& repository, const model::Image& image, const SbomFacts& facts) {
    sbom::Subject subject;
    subject.name = repository.name.text();
    if (!facts.registry_host.empty()) subject.name.insert(0, facts.registry_host + '/');
    subject.tag = facts.tag;
    subject.digest = image.digest.text();
    for (const auto& layer : facts.layers) subject.layers.push_back(layer.text());
    // Not the present time, so that a second bill of the same is the same.
    subject.created_at = image.pushed_at.time_since_epoch().count();
    subject.tool_version = facts.tool_version;
    return subject;
}

// The types and digests hold nothing that JSON would have to escape.
std::string descriptor(std::string_view type, const model::Digest& digest, std::uint64_t size) {
    return R"({"mediaType":")" + std::string(type) + R"(","digest":")" + digest.text() + R"(","size":)" +
           std::to_string(size) + '}';
}

// An artifact as OCI's image specification wants it: an empty configuration, the bill as its only layer.
std::string manifest_of(const model::Image& image, const model::Blob& empty, const model::Blob& bill,
                        std::string_view type) {
    return R"({"schemaVersion":2,"mediaType":")" + std::string(media_type::oci_manifest) + R"(","artifactType":")" +
           std::string(type) + R"(","config":)" + descriptor(media_type::oci_empty, empty.digest, empty.size) +
           R"(,"layers":[)" + descriptor(type, bill.digest, bill.size) + R"(],"subject":)" +
           descriptor(image.media_type, image.digest, image.manifest_size) +
           R"(,"annotations":{"org.opencontainers.image.created":")" +
           sbom::iso_time(image.pushed_at.time_since_epoch().count()) + R"("}})";
}

Task<Result<model::Blob>> push(registry::Uploads& uploads, const registry::Call& call,
                               registry::RepositoryRef repository, std::string bytes) {
    const auto digest = model::Digest::of(bytes);
    MemorySource body(std::move(bytes));
    co_return co_await uploads.push(call, std::move(repository), digest, body);
}

}  // namespace

// https://www.iana.org/assignments/media-types, as the tools that look for referrers know them.
std::string_view artifact_type_of(SbomFormat format) {
    return format == SbomFormat::spdx ? "application/spdx+json" : "application/vnd.cyclonedx+json";
}

bool may_have_sbom(const model::Image& image) {
    if (image.subject) return false;
    if (image.media_type != media_type::oci_manifest && image.media_type != media_type::docker_manifest) return false;
    return !image.artifact_type || *image.artifact_type == media_type::oci_config ||
           *image.artifact_type == media_type::docker_config;
}

Task<Result<model::Digest>> attach_sbom(registry::Uploads& uploads, registry::Images& images,
                                        const registry::Call& call, registry::RepositoryRef repository,
                                        model::Image image, inventory::Inventory inventory, SbomFacts facts,
                                        SbomFormat format) {
    if (!may_have_sbom(image)) co_return fail(FaultKind::unsupported, "only container images have a bill of materials");
    const auto subject = subject_of(repository, image, facts);
    auto text = format == SbomFormat::spdx ? sbom::to_spdx(inventory, subject) : sbom::to_cyclonedx(inventory, subject);
    const auto empty = co_await push(uploads, call, repository, "{}");
    if (!empty) co_return fail(empty.error().kind, empty.error().message);
    const auto bill = co_await push(uploads, call, repository, std::move(text));
    if (!bill) co_return fail(bill.error().kind, bill.error().message);
    registry::NewManifest manifest{.bytes = manifest_of(image, *empty, *bill, artifact_type_of(format)),
                                   .media_type = std::string(media_type::oci_manifest),
                                   .expected_digest = std::nullopt,
                                   .tags = {},
                                   .same_push = registry::SamePush::succeeds_unless_immutable,
                                   .subject_must_be_there = true};
    const auto digest = model::Digest::of(manifest.bytes);
    const auto put = co_await images.put(call, std::move(repository), std::move(manifest));
    if (!put && put.error().kind != FaultKind::image_exists) co_return fail(put.error().kind, put.error().message);
    co_return digest;
}

}  // namespace berth::scanning
