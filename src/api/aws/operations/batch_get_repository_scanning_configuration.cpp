#include "api/aws/bind.hpp"
#include "api/aws/catalog.hpp"
#include "api/aws/scan_shapes.hpp"

namespace berth::api::aws {

namespace {

enum class ConfigurationFailureCode : std::uint8_t { repository_not_found };

}  // namespace

template <>
struct EnumTable<ConfigurationFailureCode> {
    static constexpr EnumRows<ConfigurationFailureCode, 1> rows{
        {{ConfigurationFailureCode::repository_not_found, "REPOSITORY_NOT_FOUND"}}};
};

namespace {

struct RepositoryScanningConfiguration {
    std::optional<Arn> repositoryArn;
    std::optional<RepositoryName> repositoryName;
    std::optional<bool> scanOnPush;
    std::optional<store::ScanFrequency> scanFrequency;
    std::optional<ScanningRepositoryFilters> appliedScanFilters;
};
BOOST_DESCRIBE_STRUCT(RepositoryScanningConfiguration, (),
                      (repositoryArn, repositoryName, scanOnPush, scanFrequency, appliedScanFilters))

struct RepositoryScanningConfigurationFailure {
    std::optional<RepositoryName> repositoryName;
    std::optional<ConfigurationFailureCode> failureCode;
    std::optional<AnyText> failureReason;
};
BOOST_DESCRIBE_STRUCT(RepositoryScanningConfigurationFailure, (), (repositoryName, failureCode, failureReason))

struct BatchGetRepositoryScanningConfiguration {
    static constexpr std::string_view name = "BatchGetRepositoryScanningConfiguration";
    static constexpr iam::Action action = iam::action::batch_get_repository_scanning_configuration;
    struct Request {
        List<RepositoryName, 1, 25> repositoryNames;
    };
    struct Response {
        std::optional<List<RepositoryScanningConfiguration>> scanningConfigurations;
        std::optional<List<RepositoryScanningConfigurationFailure>> failures;
    };
    static Task<Answer<Response>> handle(Request request, const Call& call);
};
BOOST_DESCRIBE_STRUCT(BatchGetRepositoryScanningConfiguration::Request, (), (repositoryNames))
BOOST_DESCRIBE_STRUCT(BatchGetRepositoryScanningConfiguration::Response, (), (scanningConfigurations, failures))

RepositoryScanningConfiguration shown(const model::Repository& repository, const registry::ScanPlan& plan,
                                      const Call& call) {
    RepositoryScanningConfiguration wire;
    wire.repositoryArn = to_wire(repository, call.addresses).repositoryArn;
    wire.repositoryName = RepositoryName{repository.name.text()};
    wire.scanOnPush = repository.scan_on_push;
    wire.scanFrequency = plan.frequency;
    auto& filters = wire.appliedScanFilters.emplace().items;
    if (plan.filter) filters.push_back({.filter = {*plan.filter}});
    return wire;
}

Task<Answer<BatchGetRepositoryScanningConfiguration::Response>> BatchGetRepositoryScanningConfiguration::handle(
    Request request, const Call& call) {
    std::vector<model::RepositoryName> names;
    names.reserve(request.repositoryNames.items.size());
    for (const auto& wanted : request.repositoryNames.items) {
        names.push_back(model::known_valid<model::RepositoryName>(wanted.value));  // the shape has checked it
    }
    auto found = co_await call.environment.scan_configurations.of_repositories(call.caller, call.own_registry(), names);
    if (!found) co_return fail(std::move(found));
    Response response;
    auto& configurations = response.scanningConfigurations.emplace().items;
    auto& failures = response.failures.emplace().items;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto& [repository, plan] = (*found)[i];
        if (repository) {
            configurations.push_back(shown(*repository, plan, call));
        } else {
            failures.push_back({.repositoryName = RepositoryName{names[i].text()},
                                .failureCode = ConfigurationFailureCode::repository_not_found,
                                .failureReason = AnyText{"REPOSITORY_NOT_FOUND"}});
        }
    }
    co_return response;
}

}  // namespace

constinit const Operation operation::batch_get_repository_scanning_configuration =
    bind<BatchGetRepositoryScanningConfiguration>();

}  // namespace berth::api::aws
