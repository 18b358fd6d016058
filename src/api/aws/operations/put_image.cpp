#include "api/aws/bind.hpp"
#include "api/aws/catalog.hpp"
#include "api/aws/translate.hpp"

namespace berth::api::aws {

namespace {

struct PutImage {
    static constexpr std::string_view name = "PutImage";
    static constexpr iam::Action action = iam::action::put_image;
    struct Request {
        std::optional<RegistryId> registryId;
        RepositoryName repositoryName;
        ImageManifest imageManifest;
        std::optional<MediaType> imageManifestMediaType;
        std::optional<ImageTag> imageTag;
        std::optional<ImageDigest> imageDigest;
    };
    struct Response {
        std::optional<Image> image;
    };
    static Task<Answer<Response>> handle(Request request, const Call& call);
};
BOOST_DESCRIBE_STRUCT(PutImage::Request, (),
                      (registryId, repositoryName, imageManifest, imageManifestMediaType, imageTag, imageDigest))
BOOST_DESCRIBE_STRUCT(PutImage::Response, (), (image))

Answer<registry::NewManifest> manifest_of(const PutImage::Request& request) {
    registry::NewManifest manifest{.bytes = request.imageManifest.value,
                                   .media_type = std::nullopt,
                                   .expected_digest = std::nullopt,
                                   .tags = {},
                                   .same_push = registry::SamePush::is_an_error};
    if (request.imageManifestMediaType) manifest.media_type = request.imageManifestMediaType->value;
    if (request.imageTag) {
        const auto& text = request.imageTag->value;
        if (!patterns::image_tag(text)) {
            return invalid_parameter("imageTag", "must satisfy regular expression '[a-zA-Z0-9-_.]+'");
        }
        // The model allows more than registry clients can ever name; the data plane's rule holds on both.
        auto tag = model::Tag::parse(text);
        if (!tag) {
            return invalid_parameter("imageTag", "must satisfy regular expression '[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}'");
        }
        manifest.tags.push_back(std::move(*tag));
    }
    if (request.imageDigest) {
        const auto& text = request.imageDigest->value;
        if (!patterns::digest(text)) {
            return invalid_parameter("imageDigest", "must satisfy regular expression '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'");
        }
        manifest.expected_digest = model::Digest::parse(text);
        if (!manifest.expected_digest) {
            return fail(FaultKind::digest_mismatch, "The manifest's digest is not '" + text + "'");
        }
    }
    return manifest;
}

Task<Answer<PutImage::Response>> PutImage::handle(Request request, const Call& call) {
    auto repository = repository_of(call, request.registryId, request.repositoryName);
    auto manifest = manifest_of(request);
    if (!manifest) co_return std::unexpected(std::move(manifest).error());
    auto stored = co_await call.environment.images.put(call.caller, std::move(repository), std::move(*manifest));
    if (!stored) {
        // ECR has one sentence for everything that is not a manifest it understands.
        if (stored.error().kind == FaultKind::invalid_manifest) {
            co_return invalid_parameter("ImageManifest", "Invalid JSON syntax");
        }
        if (stored.error().kind == FaultKind::too_large) {
            co_return invalid_parameter("ImageManifest", "must have length less than or equal to " +
                                                             std::to_string(call.environment.settings.manifest_bytes));
        }
        co_return fail(std::move(stored));
    }
    Image image;
    image.registryId = RegistryId{registry_of(call, request.registryId).account.text()};
    image.repositoryName = std::move(request.repositoryName);
    image.imageId = ImageIdentifier{.imageDigest = ImageDigest{stored->image.digest.text()},
                                    .imageTag = std::move(request.imageTag)};
    image.imageManifest = std::move(request.imageManifest);
    image.imageManifestMediaType = MediaType{std::move(stored->image.media_type)};
    co_return Response{.image = std::move(image)};
}

}  // namespace

constinit const Operation operation::put_image = bind<PutImage>(manifest_body_limit);

}  // namespace berth::api::aws
