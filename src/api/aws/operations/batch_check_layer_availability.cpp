#include "api/aws/bind.hpp"
#include "api/aws/catalog.hpp"
#include "api/aws/translate.hpp"

namespace berth::api::aws {

namespace {

struct Layer {
    std::optional<LayerDigest> layerDigest;
    std::optional<LayerAvailabilityValue> layerAvailability;
    std::optional<Size> layerSize;
    std::optional<MediaType> mediaType;
};
BOOST_DESCRIBE_STRUCT(Layer, (), (layerDigest, layerAvailability, layerSize, mediaType))

struct LayerFailure {
    std::optional<BatchedLayerDigest> layerDigest;
    std::optional<LayerFailureCode> failureCode;
    std::optional<AnyText> failureReason;
};
BOOST_DESCRIBE_STRUCT(LayerFailure, (), (layerDigest, failureCode, failureReason))

struct BatchCheckLayerAvailability {
    static constexpr std::string_view name = "BatchCheckLayerAvailability";
    static constexpr iam::Action action = iam::action::batch_check_layer_availability;
    struct Request {
        std::optional<RegistryId> registryId;
        RepositoryName repositoryName;
        List<BatchedLayerDigest, 1, 100> layerDigests;
    };
    struct Response {
        std::optional<List<Layer>> layers;
        std::optional<List<LayerFailure>> failures;
    };
    static Task<Answer<Response>> handle(Request request, const Call& call);
};
BOOST_DESCRIBE_STRUCT(BatchCheckLayerAvailability::Request, (), (registryId, repositoryName, layerDigests))
BOOST_DESCRIBE_STRUCT(BatchCheckLayerAvailability::Response, (), (layers, failures))

LayerFailure layer_failure(const BatchedLayerDigest& digest) {
    if (digest.value.empty()) {
        return {.layerDigest = digest,
                .failureCode = LayerFailureCode::missing_digest,
                .failureReason = AnyText{"Invalid request parameters: layer digest cannot be empty"}};
    }
    return {.layerDigest = digest,
            .failureCode = LayerFailureCode::invalid_digest,
            .failureReason = AnyText{"Invalid request parameters: layer digest should satisfy the regex "
                                     "'[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'"}};
}

Task<Answer<BatchCheckLayerAvailability::Response>> BatchCheckLayerAvailability::handle(Request request,
                                                                                        const Call& call) {
    Response response;
    auto& failures = response.failures.emplace().items;
    std::vector<model::Digest> digests;
    for (const auto& sent : request.layerDigests.items) {
        auto digest = model::Digest::parse(sent.value);
        if (digest) {
            digests.push_back(std::move(*digest));
        } else {
            failures.push_back(layer_failure(sent));
        }
    }
    auto repository = repository_of(call, request.registryId, request.repositoryName);
    auto found = co_await call.environment.blobs.availability(call.caller, std::move(repository), std::move(digests));
    if (!found) co_return fail(std::move(found));
    auto& layers = response.layers.emplace().items;
    for (auto& layer : *found) {
        Layer wire{.layerDigest = LayerDigest{layer.digest.text()},
                   .layerAvailability = LayerAvailabilityValue::unavailable,
                   .layerSize = std::nullopt,
                   .mediaType = std::nullopt};
        if (layer.size) {
            wire.layerAvailability =
                layer.archived ? LayerAvailabilityValue::archived : LayerAvailabilityValue::available;
            wire.layerSize = Size{static_cast<std::int64_t>(*layer.size)};
            wire.mediaType = MediaType{std::move(layer.media_type)};
        }
        layers.push_back(std::move(wire));
    }
    co_return response;
}

}  // namespace

constinit const Operation operation::batch_check_layer_availability = bind<BatchCheckLayerAvailability>();

}  // namespace berth::api::aws
