#include "api/aws/page_token.hpp"

#include "base/encoding.hpp"

namespace berth::api::aws {

namespace {

constexpr std::size_t longest_token = 8192;

std::string purpose_of(std::string_view scope) {
    return "page " + std::string(scope);
}

}  // namespace

std::string make_page_token(const auth::StatementKey& key, std::string_view scope, std::string_view position) {
    return to_base64(key.sign(purpose_of(scope), position));
}

Answer<std::string> open_page_token(const auth::StatementKey& key, std::string_view scope, std::string_view token) {
    if (token.size() <= longest_token) {
        const auto bytes = from_base64(token);
        std::string_view position;
        if (bytes && key.verify(purpose_of(scope), *bytes, position)) return std::string(position);
    }
    return invalid_parameter("nextToken", "Invalid token");
}

std::string page_scope(std::string_view operation, const registry::RepositoryRef& repository,
                       const store::ImageFilter& filter) {
    std::string scope(operation);
    for (const auto& part : {repository.registry.account.text(), repository.registry.region.text(),
                             repository.name.text(), std::to_string(static_cast<int>(filter.tag_status)),
                             filter.status ? std::to_string(static_cast<int>(*filter.status)) : std::string("any")}) {
        scope += '\n';
        scope += part;
    }
    return scope;
}

}  // namespace berth::api::aws
