#include "api/oci/query.hpp"

#include "base/encoding.hpp"

namespace berth::api::oci {

Result<Query> Query::parse(std::string_view text) {
    Query query;
    while (!text.empty()) {
        const auto end = text.find('&');
        const auto pair = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
        if (pair.empty()) continue;
        if (query.parameters_.size() == max_parameters) {
            return fail(FaultKind::invalid_parameter, "too many query parameters");
        }
        const auto equals = pair.find('=');
        auto name = percent_decode(pair.substr(0, equals));
        auto value = percent_decode(equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1));
        if (!name || !value) return fail(FaultKind::invalid_parameter, "the query has a broken percent escape");
        query.parameters_.emplace_back(std::move(*name), std::move(*value));
    }
    return query;
}

std::optional<std::string_view> Query::find(std::string_view name) const {
    for (const auto& [key, value] : parameters_) {
        if (key == name) return value;
    }
    return std::nullopt;
}

std::vector<std::string_view> Query::find_all(std::string_view name) const {
    std::vector<std::string_view> values;
    for (const auto& [key, value] : parameters_) {
        if (key == name) values.emplace_back(value);
    }
    return values;
}

}  // namespace berth::api::oci
