#include "client/json_api.hpp"

#include "client/url.hpp"

#include <utility>

namespace berth::client {

JsonApi::JsonApi(JsonApiOptions options, auth::AccessKeySecret key, const Clock& clock)
    : options_(std::move(options)), key_(std::move(key)), clock_(clock), http_(options_.http) {}

Result<JsonAnswer> JsonApi::call(std::string_view target, std::string body) {
    const auto origin = origin_of(options_.endpoint);
    if (!origin) {
        return fail(FaultKind::invalid_parameter,
                    "'" + options_.endpoint + "' is no endpoint; write http://HOST:PORT or https://HOST");
    }
    HttpRequest request{.method = "POST", .url = origin->text + "/", .headers = {}, .credentials = {}, .body = {}};
    request.headers = {{"Host", origin->authority},
                       {"Content-Type", "application/x-amz-json-1.1"},
                       {"X-Amz-Target", std::string(target)}};
    std::vector<auth::HeaderField> fields;
    for (const auto& [name, value] : request.headers) fields.push_back({.name = name, .value = value});
    request.credentials =
        auth::sign_request({.method = "POST", .path = "/", .query = "", .headers = fields}, body, key_,
                           {.region = options_.region, .service = options_.service}, clock_.now());
    request.body = std::move(body);
    auto answer = http_.send(request);
    if (!answer) return fail(std::move(answer));
    return JsonAnswer{.status = answer->status, .body = std::move(answer->body)};
}

}  // namespace berth::client
