#include "api/aws/bind.hpp"
#include "api/aws/catalog.hpp"
#include "api/aws/translate.hpp"
#include "auth/download_link.hpp"

namespace berth::api::aws {

namespace {

struct GetDownloadUrlForLayer {
    static constexpr std::string_view name = "GetDownloadUrlForLayer";
    static constexpr iam::Action action = iam::action::get_download_url_for_layer;
    struct Request {
        std::optional<RegistryId> registryId;
        RepositoryName repositoryName;
        LayerDigest layerDigest;
    };
    struct Response {
        std::optional<Url> downloadUrl;
        std::optional<LayerDigest> layerDigest;
    };
    static Task<Answer<Response>> handle(Request request, const Call& call);
};
BOOST_DESCRIBE_STRUCT(GetDownloadUrlForLayer::Request, (), (registryId, repositoryName, layerDigest))
BOOST_DESCRIBE_STRUCT(GetDownloadUrlForLayer::Response, (), (downloadUrl, layerDigest))

Task<Answer<GetDownloadUrlForLayer::Response>> GetDownloadUrlForLayer::handle(Request request, const Call& call) {
    const auto& environment = call.environment;
    const auto repository = repository_of(call, request.registryId, request.repositoryName);
    // A digest no layer can have stands for itself by one no layer has; the use case then says what is missing.
    auto digest = model::Digest::parse(request.layerDigest.value);
    if (!digest) digest = model::Digest::of(request.layerDigest.value);
    auto blob = co_await environment.blobs.downloadable(call.caller, repository, *digest);
    if (!blob) co_return fail(std::move(blob));
    const auto target =
        auth::download_target(environment.key, {.registry = repository.registry,
                                                .repository = repository.name,
                                                .digest = blob->digest,
                                                .principal = call.caller.principal,
                                                .expires_at = environment.clock.now() + auth::link_lifetime});
    co_return Response{.downloadUrl = Url{call.addresses.proxy_endpoint(repository.registry) + target},
                       .layerDigest = std::move(request.layerDigest)};
}

}  // namespace

constinit const Operation operation::get_download_url_for_layer = bind<GetDownloadUrlForLayer>();

}  // namespace berth::api::aws
