#include "app/front_door.hpp"

#include "api/aws/answers.hpp"
#include "api/oci/answers.hpp"
#include "api/refusals.hpp"
#include "base/log.hpp"

#include <charconv>
#include <string>

namespace berth::app {

namespace {

bool is_registry_path(std::string_view path) {
    return path == "/v2" || path.starts_with("/v2/");
}

api::ops::Plane plane_of(std::string_view target) {
    const auto path = target.substr(0, target.find('?'));
    if (is_registry_path(path)) return api::ops::Plane::registry;
    if (path == "/") return api::ops::Plane::api;
    return api::ops::OperationsApi::serves(path) ? api::ops::Plane::operations : api::ops::Plane::other;
}

http::Response plain(int status, std::string text) {
    http::Response response;
    response.status = status;
    response.set("Content-Type", "text/plain; charset=utf-8");
    response.body = std::move(text);
    return response;
}

}  // namespace

Task<http::Response> FrontDoor::handle(http::Request& request) {
    if (is_registry_path(request.path)) return distribution_->handle(request);
    if (api::aws::AwsApi::claims(request)) return aws_->handle(request);
    if (api::ops::OperationsApi::serves(request.path)) return operations_.handle(request);
    return [](bool head) -> Task<http::Response> {
        auto response = plain(404, "Nothing here. The registry is under /v2/, the ECR API is POST /.\n");
        if (head) {
            response.head_length = std::get<std::string>(response.body).size();
            response.body = std::string();
        }
        co_return response;
    }(request.method == http::Method::head);
}

http::Response FrontDoor::refuse(const http::Refused& refused) {
    const auto& row = api::refusal_row(refused.status, refused.hint);
    switch (plane_of(refused.target)) {
        case api::ops::Plane::registry: {
            auto response = api::oci::refusal(refused.status, row.oci_code, row.sentence);
            response.set(api::oci::header::api_version, "registry/2.0");
            return response;
        }
        case api::ops::Plane::api: {
            const api::aws::ApiError error(row.ecr_type, refused.status, std::string(row.sentence));
            return api::aws::error_answer(refused.request_id, error);
        }
        default:
            return plain(refused.status, std::string(row.sentence) + "\n");
    }
}

void FrontDoor::observe(const http::Answered& answered) {
    counters_.count(plane_of(answered.target), answered.status, answered.duration);
    const bool wanted = access_log_ == AccessLog::all || (access_log_ == AccessLog::errors && answered.status >= 500);
    if (!wanted) return;
    // A query may carry a signature or a ticket: only the path is logged.
    const auto path = answered.target.substr(0, answered.target.find('?'));
    const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(answered.duration).count();
    log::info("request", {{"method", std::string(answered.method)},
                          {"path", std::string(path)},
                          {"status", std::to_string(answered.status)},
                          {"bytes", std::to_string(answered.body_bytes)},
                          {"us", std::to_string(microseconds)},
                          {"request_id", std::string(answered.request_id)}});
}

}  // namespace berth::app
