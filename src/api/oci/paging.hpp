// Pages of lists (OCI Distribution 1.1, "Listing tags"): n, last, and the Link to what follows. Pure.
#pragma once

#include "api/oci/query.hpp"
#include "base/result.hpp"

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace berth::api::oci {

inline constexpr std::size_t max_page = 1000;

struct Page {
    std::size_t size = max_page;  // 0 is allowed and asks for an empty list
    std::string after;            // exclusive; empty: from the start
};

// A larger n than max_page is served as max_page, with a Link to the rest. Fault: invalid_parameter when n is not a
// number or last is longer than any name.
[[nodiscard]] Result<Page> parse_page(const Query& query);

// </v2/NAME/tags/list?n=10&last=v1>; rel="next". Parameters with an empty value are left out.
[[nodiscard]] std::string next_link(std::string_view path,
                                    std::initializer_list<std::pair<std::string_view, std::string_view>> parameters);

}  // namespace berth::api::oci
