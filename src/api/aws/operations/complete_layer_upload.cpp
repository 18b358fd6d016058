#include "api/aws/bind.hpp"
#include "api/aws/catalog.hpp"
#include "api/aws/translate.hpp"

namespace berth::api::aws {

namespace {

struct CompleteLayerUpload {
    static constexpr std::string_view name = "CompleteLayerUpload";
    static constexpr iam::Action action = iam::action::complete_layer_upload;
    struct Request {
        std::optional<RegistryId> registryId;
        RepositoryName repositoryName;
        UploadId uploadId;
        List<LayerDigest, 1, 100> layerDigests;
    };
    struct Response {
        std::optional<RegistryId> registryId;
        std::optional<RepositoryName> repositoryName;
        std::optional<UploadId> uploadId;
        std::optional<LayerDigest> layerDigest;
    };
    static Task<Answer<Response>> handle(Request request, const Call& call);
};
BOOST_DESCRIBE_STRUCT(CompleteLayerUpload::Request, (), (registryId, repositoryName, uploadId, layerDigests))
BOOST_DESCRIBE_STRUCT(CompleteLayerUpload::Response, (), (registryId, repositoryName, uploadId, layerDigest))

// Every digest of the list must be the layer's; one computed digest is all a list can therefore hold.
Result<model::Digest> layer_digest(const List<LayerDigest, 1, 100>& sent) {
    auto digest = model::Digest::parse(sent.items.front().value);
    if (!digest) return fail(FaultKind::invalid_digest, "The layer digest is not of an algorithm this registry knows");
    for (const auto& other : sent.items) {
        if (other.value != digest->text()) {
            return fail(FaultKind::invalid_digest, "The layer digests do not agree with each other");
        }
    }
    return std::move(*digest);
}

Task<Answer<CompleteLayerUpload::Response>> CompleteLayerUpload::handle(Request request, const Call& call) {
    const auto repository = repository_of(call, request.registryId, request.repositoryName);
    auto upload = upload_of(repository, request.uploadId);
    if (!upload) co_return fail(std::move(upload));
    auto digest = layer_digest(request.layerDigests);
    if (!digest) co_return fail(std::move(digest));
    auto blob = co_await call.environment.uploads.complete_parts(call.caller, std::move(*upload), std::move(*digest));
    if (!blob) {
        auto fault = std::move(blob).error();
        // Of a layer, not of an image: InvalidLayerException.
        if (fault.kind == FaultKind::digest_mismatch) fault.kind = FaultKind::invalid_digest;
        co_return std::unexpected(ApiError(std::move(fault)));
    }
    co_return Response{.registryId = RegistryId{repository.registry.account.text()},
                       .repositoryName = std::move(request.repositoryName),
                       .uploadId = std::move(request.uploadId),
                       .layerDigest = LayerDigest{blob->digest.text()}};
}

}  // namespace

constinit const Operation operation::complete_layer_upload = bind<CompleteLayerUpload>();

}  // namespace berth::api::aws
