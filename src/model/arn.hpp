// Amazon resource names of the things this registry has.
#pragma once

#include "model/names.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace berth::model {

// aws, aws-cn, aws-us-gov ...: by the region's prefix, as AWS assigns them.
[[nodiscard]] std::string_view partition_of(const Region& region);

// arn:PARTITION:ecr:REGION:ACCOUNT:repository/NAME
[[nodiscard]] std::string repository_arn(const Registry& registry, std::string_view repository);
// arn:PARTITION:iam::ACCOUNT:root
[[nodiscard]] std::string root_arn(const Registry& registry);

struct RepositoryArn {
    Registry registry;
    RepositoryName name;
};
// nullopt when it is not the ARN of a repository, or of another partition than its region's.
[[nodiscard]] std::optional<RepositoryArn> parse_repository_arn(std::string_view text);

}  // namespace berth::model
