#include "api/aws/bind.hpp"
#include "api/aws/catalog.hpp"
#include "api/aws/translate.hpp"
#include "model/arn.hpp"

namespace berth::api::aws {

namespace {

struct CreateRepository {
    static constexpr std::string_view name = "CreateRepository";
    static constexpr iam::Action action = iam::action::create_repository;
    struct Request {
        std::optional<RegistryId> registryId;
        RepositoryName repositoryName;
        std::optional<TagList> tags;
        std::optional<model::TagMutability> imageTagMutability;
        std::optional<TagExclusionFilters> imageTagMutabilityExclusionFilters;
        std::optional<ImageScanningConfiguration> imageScanningConfiguration;
        std::optional<EncryptionConfiguration> encryptionConfiguration;
    };
    struct Response {
        std::optional<Repository> repository;
    };
    static Task<Answer<Response>> handle(Request request, const Call& call);
};
BOOST_DESCRIBE_STRUCT(CreateRepository::Request, (),
                      (registryId, repositoryName, tags, imageTagMutability, imageTagMutabilityExclusionFilters,
                       imageScanningConfiguration, encryptionConfiguration))
BOOST_DESCRIBE_STRUCT(CreateRepository::Response, (), (repository))

// ECR shows a key by its whole ARN, whatever form was sent, and its own key when none was.
Answer<std::string> key_arn(const std::string& key, const model::Registry& registry) {
    std::string prefix("arn:");
    prefix += model::partition_of(registry.region);
    prefix += ":kms:" + registry.region.text() + ":";
    if (key.starts_with("arn:")) {
        if (key.starts_with(prefix)) return key;
        return std::unexpected(ApiError("KmsException", 400, "The KMS key must be in the region of the repository."));
    }
    prefix += registry.account.text() + ":";
    return prefix + (key.starts_with("alias/") ? key : "key/" + key);
}

Answer<model::Encryption> encryption_of(const std::optional<EncryptionConfiguration>& wanted,
                                        const model::Registry& registry) {
    model::Encryption encryption;
    if (!wanted) return encryption;
    encryption.type = wanted->encryptionType;
    const bool aes = encryption.type == model::EncryptionType::aes256;
    if (aes && wanted->kmsKey) {
        return invalid_parameter("encryptionConfiguration.kmsKey", "must be null when encryptionType is AES256");
    }
    if (encryption.type == model::EncryptionType::kms_dsse && model::partition_of(registry.region) != "aws-us-gov") {
        return invalid_parameter("encryptionConfiguration.encryptionType", "KMS_DSSE is not available in this region");
    }
    if (aes) return encryption;
    auto arn = key_arn(wanted->kmsKey ? wanted->kmsKey->value : "alias/aws/ecr", registry);
    if (!arn) return std::unexpected(std::move(arn).error());
    encryption.kms_key = std::move(*arn);
    return encryption;
}

Task<Answer<CreateRepository::Response>> CreateRepository::handle(Request request, const Call& call) {
    const auto registry = registry_of(call, request.registryId);
    auto rule = from_wire(request.imageTagMutability.value_or(model::TagMutability::mutable_tags),
                          request.imageTagMutabilityExclusionFilters);
    if (!rule) co_return std::unexpected(std::move(rule).error());
    auto encryption = encryption_of(request.encryptionConfiguration, registry);
    if (!encryption) co_return std::unexpected(std::move(encryption).error());
    const auto& scanning = request.imageScanningConfiguration;
    registry::NewRepository wanted{.name = model::known_valid<model::RepositoryName>(request.repositoryName.value),
                                   .tag_mutability = std::move(*rule),
                                   .scan_on_push = scanning && scanning->scanOnPush.value_or(false),
                                   .encryption = std::move(*encryption),
                                   .tags = {}};
    if (request.tags) wanted.tags = from_wire(*request.tags);
    auto created = co_await call.environment.repositories.create(call.caller, registry, std::move(wanted));
    if (!created) co_return fail(std::move(created));
    co_return Response{.repository = to_wire(*created, call.addresses)};
}

}  // namespace

constinit const Operation operation::create_repository = bind<CreateRepository>();

}  // namespace berth::api::aws
