// nextToken: where a list goes on, opaque to the caller and worth something only for the same request.
#pragma once

#include "api/aws/api_error.hpp"
#include "auth/mac.hpp"
#include "registry/images.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace berth::api::aws {

// `scope` says everything the page depends on: operation, registry, repository, filter.
[[nodiscard]] std::string make_page_token(const auth::StatementKey& key, std::string_view scope,
                                          std::string_view position);
// The position; an invalid-parameter error for a token of another request or nobody's.
[[nodiscard]] Answer<std::string> open_page_token(const auth::StatementKey& key, std::string_view scope,
                                                  std::string_view token);

// The scope of a page of a repository's images.
[[nodiscard]] std::string page_scope(std::string_view operation, const registry::RepositoryRef& repository,
                                     const store::ImageFilter& filter);

}  // namespace berth::api::aws
