#include "api/aws/bind.hpp"
#include "api/aws/catalog.hpp"
#include "api/aws/translate.hpp"

namespace berth::api::aws {

namespace {

struct UploadLayerPart {
    static constexpr std::string_view name = "UploadLayerPart";
    static constexpr iam::Action action = iam::action::upload_layer_part;
    struct Request {
        std::optional<RegistryId> registryId;
        RepositoryName repositoryName;
        UploadId uploadId;
        PartSize partFirstByte;
        PartSize partLastByte;
        Blob<20'971'520> layerPartBlob;
    };
    struct Response {
        std::optional<RegistryId> registryId;
        std::optional<RepositoryName> repositoryName;
        std::optional<UploadId> uploadId;
        std::optional<PartSize> lastByteReceived;
    };
    static Task<Answer<Response>> handle(Request request, const Call& call);
};
BOOST_DESCRIBE_STRUCT(UploadLayerPart::Request, (),
                      (registryId, repositoryName, uploadId, partFirstByte, partLastByte, layerPartBlob))
BOOST_DESCRIBE_STRUCT(UploadLayerPart::Response, (), (registryId, repositoryName, uploadId, lastByteReceived))

// InvalidLayerPartException says where the upload stands, so that a client can go on from there.
ApiError part_error(Fault fault, const registry::RepositoryRef& repository, const UploadId& id) {
    const bool is_range = fault.kind == FaultKind::invalid_range;
    const auto received = fault.received;
    ApiError error(std::move(fault));
    if (!is_range) return error;
    write_key(error.extra, "registryId");
    write_string(error.extra, repository.registry.account.text());
    write_key(error.extra, "repositoryName");
    write_string(error.extra, repository.name.text());
    write_key(error.extra, "uploadId");
    write_string(error.extra, id.value);
    if (received && *received > 0) {
        write_key(error.extra, "lastValidByteReceived");
        write_number(error.extra, static_cast<std::int64_t>(*received) - 1);
    }
    error.extra.insert(0, ",");
    return error;
}

Task<Answer<UploadLayerPart::Response>> UploadLayerPart::handle(Request request, const Call& call) {
    const auto repository = repository_of(call, request.registryId, request.repositoryName);
    auto upload = upload_of(repository, request.uploadId);
    if (!upload) co_return fail(std::move(upload));
    const registry::ChunkRange range{.first = static_cast<std::uint64_t>(request.partFirstByte.value),
                                     .last = static_cast<std::uint64_t>(request.partLastByte.value)};
    auto& bytes = request.layerPartBlob.bytes;
    if (range.last < range.first || range.last - range.first + 1 != bytes.size()) {
        auto received = co_await call.environment.uploads.received(call.caller, *upload);
        if (!received) co_return fail(std::move(received));
        Fault fault{.kind = FaultKind::invalid_range,
                    .message = "The part has " + std::to_string(bytes.size()) + " bytes, which are not bytes " +
                               std::to_string(range.first) + " to " + std::to_string(range.last),
                    .received = *received};
        co_return std::unexpected(part_error(std::move(fault), repository, request.uploadId));
    }
    MemorySource body(std::move(bytes));
    auto total = co_await call.environment.uploads.append(call.caller, std::move(*upload), range, body,
                                                          registry::ChunkKind::part);
    if (!total) co_return std::unexpected(part_error(std::move(total).error(), repository, request.uploadId));
    co_return Response{.registryId = RegistryId{repository.registry.account.text()},
                       .repositoryName = std::move(request.repositoryName),
                       .uploadId = std::move(request.uploadId),
                       .lastByteReceived = request.partLastByte};
}

}  // namespace

constinit const Operation operation::upload_layer_part = bind<UploadLayerPart>(layer_part_body_limit);

}  // namespace berth::api::aws
