// One page of a list. The server remembers nothing of it: where a page begins is in the token that asks for it.
#pragma once

#include "api/aws/page_token.hpp"
#include "api/aws/shapes.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace berth::api::aws {

// The key outlives it.
class Paging {
public:
    // By the request's nextToken and maxResults, which is 100 unless it is said; page_token.hpp says what a scope is.
    template <class Request>
    [[nodiscard]] static Answer<Paging> of(const auth::StatementKey& key, std::string scope, const Request& request) {
        Paging page(key, std::move(scope));
        if (request.maxResults) page.limit_ = static_cast<std::size_t>(request.maxResults->value);
        if (!request.nextToken) return page;
        auto position = open_page_token(page.key_, page.scope_, request.nextToken->value);
        if (!position) return std::unexpected(std::move(position).error());
        page.position_ = std::move(*position);
        return page;
    }

    // Where the page begins: what token() was given for the page before; empty: the list's beginning.
    [[nodiscard]] std::string from() const { return position_.value_or(""); }
    // The same as `read` reads it; at the beginning what is made of nothing.
    template <class Read>
    [[nodiscard]] auto from(Read read) const {
        return position_ ? read(*position_) : std::invoke_result_t<Read, const std::string&>{};
    }
    [[nodiscard]] std::size_t limit() const { return limit_; }
    // As much as is asked of the store: whether there is a next page is told by one more than fits.
    [[nodiscard]] std::size_t one_more() const { return limit_ + 1; }

    [[nodiscard]] NextToken token(std::string_view position) const {
        return NextToken{make_page_token(key_, scope_, position)};
    }
    // Cuts what one_more() brought down to the page; the next one's token, where there is one, goes on after the last.
    template <class Item, class PositionOf>
    [[nodiscard]] std::optional<NextToken> cut(std::vector<Item>& found, PositionOf position_of) const {
        if (found.size() <= limit_) return std::nullopt;
        found.erase(found.begin() + static_cast<std::ptrdiff_t>(limit_), found.end());
        return token(position_of(found.back()));
    }

private:
    Paging(const auth::StatementKey& key, std::string scope) : key_(key), scope_(std::move(scope)) {}

    const auth::StatementKey& key_;
    std::string scope_;
    std::optional<std::string> position_;
    std::size_t limit_ = 100;
};

// For an operation that takes a list of what is wanted, in the member `list`, or else answers page by page.
template <class Request>
[[nodiscard]] Answer<void> without_paging(const Request& request, std::string_view list) {
    if (!request.nextToken && !request.maxResults) return {};
    return invalid_parameter(request.nextToken ? "nextToken" : "maxResults",
                             "must be null when " + std::string(list) + " is given");
}

}  // namespace berth::api::aws
