#include "model/arn.hpp"

#include <array>
#include <utility>

namespace berth::model {

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 5> partitions{{
    {"cn-", "aws-cn"},
    {"us-gov-", "aws-us-gov"},
    {"us-iso-", "aws-iso"},
    {"us-isob-", "aws-iso-b"},
    {"eusc-", "aws-eusc"},
}};

// Takes the text up to the next ':' off the front.
std::string_view next_field(std::string_view& rest) {
    const auto colon = rest.find(':');
    const auto field = rest.substr(0, colon);
    rest.remove_prefix(colon == std::string_view::npos ? rest.size() : colon + 1);
    return field;
}

}  // namespace

std::string_view partition_of(const Region& region) {
    for (const auto& [prefix, partition] : partitions) {
        if (region.text().starts_with(prefix)) return partition;
    }
    return "aws";
}

std::string repository_arn(const Registry& registry, std::string_view repository) {
    std::string arn("arn:");
    arn += partition_of(registry.region);
    arn += ":ecr:";
    arn += registry.region.text();
    arn += ':';
    arn += registry.account.text();
    arn += ":repository/";
    arn += repository;
    return arn;
}

std::string root_arn(const Registry& registry) {
    std::string arn("arn:");
    arn += partition_of(registry.region);
    arn += ":iam::";
    arn += registry.account.text();
    arn += ":root";
    return arn;
}

std::optional<RepositoryArn> parse_repository_arn(std::string_view text) {
    constexpr std::string_view resource_prefix = "repository/";
    auto rest = text;
    if (next_field(rest) != "arn") return std::nullopt;
    const auto partition = next_field(rest);
    if (next_field(rest) != "ecr") return std::nullopt;
    const auto region = Region::parse(next_field(rest));
    const auto account = AccountId::parse(next_field(rest));
    if (!region || !account || !rest.starts_with(resource_prefix)) return std::nullopt;
    const auto name = RepositoryName::parse(rest.substr(resource_prefix.size()));
    if (!name || partition != partition_of(*region)) return std::nullopt;
    return RepositoryArn{.registry = {.account = *account, .region = *region}, .name = *name};
}

}  // namespace berth::model
