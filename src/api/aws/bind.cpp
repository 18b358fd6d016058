#include "api/aws/bind.hpp"

#include "base/json_size.hpp"

#include <boost/json/parse.hpp>

namespace berth::api::aws {

namespace {

// The largest lists of the model have a hundred entries; one text may be 28 MiB.
constexpr std::size_t max_values = 50'000;

}  // namespace

Answer<json::value> parse_body(std::string_view body) {
    if (body.empty()) return json::value(json::object());
    if (has_more_json_values(body, max_values)) return std::unexpected(serialization("The body has too many values."));
    json::parse_options options;
    options.max_depth = 32;
    boost::system::error_code error;
    auto value = json::parse({body.data(), body.size()}, error, {}, options);
    if (error) return std::unexpected(serialization("The body is not JSON."));
    if (!value.is_object()) return std::unexpected(serialization("The body is not a JSON object."));
    return value;
}

Answer<void> judge(const Findings& findings) {
    if (const auto& type = findings.type()) return std::unexpected(serialization(*type));
    if (const auto& constraint = findings.constraint()) {
        return std::unexpected(ApiError(Fault{.kind = FaultKind::invalid_parameter, .message = *constraint}));
    }
    return {};
}

}  // namespace berth::api::aws
