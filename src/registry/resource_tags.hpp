// Rules of resource tags (ECR: "Tag basics"). Pure.
#pragma once

#include "base/result.hpp"
#include "model/repository.hpp"

#include <span>
#include <vector>

namespace berth::registry {

inline constexpr std::size_t max_resource_tags = 50;

// The tags a repository has after `added` were put onto `present`, or why that may not be: a key of 1..128 and a value
// of 0..256 characters of letters, digits, spaces and + - = . _ : / @, no "aws:" prefix, no key twice in one request
// (invalid_tag_parameter); at most 50 in all (too_many_tags).
[[nodiscard]] Result<std::vector<model::ResourceTag>> merge_resource_tags(std::vector<model::ResourceTag> present,
                                                                          std::span<const model::ResourceTag> added);

}  // namespace berth::registry
