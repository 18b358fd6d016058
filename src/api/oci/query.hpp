// Query parameters, decoded once and bounded.
#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace berth::api::oci {

class Query {
public:
    static constexpr std::size_t max_parameters = 128;

    // Fault: invalid_parameter for a broken escape or more than max_parameters. A '+' stays a '+': media types have
    // one, and clients that mean a space send %20.
    [[nodiscard]] static Result<Query> parse(std::string_view text);

    // The first of that name; the view lives as long as the Query.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
    [[nodiscard]] std::vector<std::string_view> find_all(std::string_view name) const;

private:
    std::vector<std::pair<std::string, std::string>> parameters_;
};

}  // namespace berth::api::oci
