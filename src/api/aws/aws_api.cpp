#include "api/aws/aws_api.hpp"

#include "api/aws/answers.hpp"
#include "api/aws/sts.hpp"
#include "api/faults.hpp"
#include "base/log.hpp"
#include "base/size.hpp"

#include <optional>
#include <utility>
#include <variant>
#include <vector>

namespace berth::api::aws {

namespace {

constexpr std::size_t cheap_to_skip = 64_KiB;

bool is_form(const http::Request& request) {
    const auto type = request.header("Content-Type").value_or("");
    return type.substr(0, type.find(';')) == "application/x-www-form-urlencoded";
}

// After a refusal the rest of a large body is not worth reading.
void close_if_body_left(const http::Request& request, http::Response& response) {
    const auto left = request.body->remaining();
    if (!left || *left > cheap_to_skip) response.close = true;
}

http::Response json_error(const http::Request& request, const ApiError& error) {
    auto response = error_answer(request.request_id, error);
    close_if_body_left(request, response);
    return response;
}

http::Response xml_answer(const http::Request& request, StsAnswer answer) {
    http::Response response;
    response.status = answer.status;
    response.set("x-amzn-RequestId", std::string(request.request_id));
    response.set("Content-Type", "text/xml");
    response.body = std::move(answer.xml);
    close_if_body_left(request, response);
    return response;
}

// STS is the same everywhere; a registry's API is its region's.
auth::SignatureFault wrong_region(std::string_view scope, const model::Region& here) {
    std::string message = "Credential should be scoped to a valid region, not '";
    message += scope;
    message += "'. Under this host name the region is ";
    message += here.text();
    message += "; use it, or a host name such as api.ecr.REGION.DOMAIN.";
    return {.problem = auth::SignatureProblem::invalid, .message = std::move(message)};
}

void log_server_error(const http::Request& request, const Fault& fault) {
    if (!is_server_error(fault.kind)) return;
    log::error("an API call failed", {{"request", std::string(request.request_id)}, {"fault", fault.message}});
}

}  // namespace

struct AwsApi::Verified {
    iam::Principal principal;
    model::Region region;
    std::string body;
    BodyBudget::Share share;  // held as long as the body's bytes are about
};

struct AwsApi::Refusal {
    std::variant<auth::SignatureFault, Fault> why;
};

AwsApi::AwsApi(Environment environment, registry::Credentials& credentials, BodyBudget& bodies)
    : environment_(environment), credentials_(credentials), bodies_(bodies) {}

bool AwsApi::claims(const http::Request& request) {
    if (request.path != "/") return false;
    if (request.header("X-Amz-Target")) return true;
    if (request.method == http::Method::post) return true;
    return request.method == http::Method::get && request.query_value("Action").has_value();
}

Task<http::Response> AwsApi::handle(http::Request& request) {
    if (const auto target = request.header("X-Amz-Target")) co_return co_await handle_json(request, *target);
    const bool query_call = request.method == http::Method::get && request.query_value("Action").has_value();
    if (query_call || (request.method == http::Method::post && is_form(request)))
        co_return co_await handle_sts(request);
    co_return json_error(request, unknown_operation());
}

Task<http::Response> AwsApi::handle_json(http::Request& request, std::string_view target) {
    const auto* operation = request.method == http::Method::post ? find_operation(target) : nullptr;
    if (operation == nullptr) co_return json_error(request, unknown_operation());

    const auto body_limit = operation->body_limit.with_manifests_of(environment_.settings.manifest_bytes);
    auto verified = co_await verify(request, "ecr", body_limit);
    if (!verified) {
        auto& why = verified.error().why;
        if (auto* signature = std::get_if<auth::SignatureFault>(&why)) {
            const auto& row = signature_error(signature->problem);
            co_return json_error(request, ApiError(row.ecr_type, row.ecr_status, std::move(signature->message)));
        }
        auto& fault = std::get<Fault>(why);
        log_server_error(request, fault);
        co_return json_error(request, ApiError(std::move(fault)));
    }
    const Call call{
        .environment = environment_,
        .caller = {.principal = std::move(verified->principal), .request_id = std::string(request.request_id)},
        .region = std::move(verified->region),
        .addresses = environment_.endpoints.seen_from(request.header("Host").value_or(""))};
    auto answer = co_await operation->run(std::move(verified->body), call);
    if (answer) co_return json_answer(request.request_id, 200, std::move(*answer));
    if (answer.error().status >= 500) {
        log::error("an API call failed", {{"request", std::string(request.request_id)},
                                          {"operation", std::string(operation->name)},
                                          {"fault", answer.error().message}});
    }
    co_return json_error(request, answer.error());
}

Task<http::Response> AwsApi::handle_sts(http::Request& request) {
    auto verified = co_await verify(request, "sts", sts_body_limit);
    if (verified) {
        const auto form = request.method == http::Method::get ? request.query : std::string_view(verified->body);
        co_return xml_answer(request, answer_sts(form, verified->principal, request.request_id));
    }
    const auto& why = verified.error().why;
    if (const auto* signature = std::get_if<auth::SignatureFault>(&why)) {
        const auto& row = signature_error(signature->problem);
        co_return xml_answer(request, sts_error(row.sts_code, row.sts_status, signature->message, request.request_id));
    }
    const auto& fault = std::get<Fault>(why);
    log_server_error(request, fault);
    if (is_server_error(fault.kind)) {
        co_return xml_answer(request,
                             sts_error("ServiceUnavailable", 503, "The service is unavailable.", request.request_id));
    }
    co_return xml_answer(request, sts_error("ValidationError", 400, fault.message, request.request_id));
}

// From the cheap to the dear: form and time, then the key, and only then the body.
Task<std::expected<AwsApi::Verified, AwsApi::Refusal>> AwsApi::verify(http::Request& request, std::string_view service,
                                                                      std::size_t body_limit) {
    const auto refuse = [](auto why) { return std::unexpected(Refusal{.why = std::move(why)}); };
    std::vector<auth::HeaderField> fields;
    fields.reserve(request.headers.size());
    for (const auto& [name, value] : request.headers) fields.push_back({name, value});
    const auth::RequestToVerify signed_request{
        .method = request.method_text, .path = request.path, .query = request.query, .headers = fields};
    auto parsed = auth::parse_signature(signed_request, service, environment_.clock.now());
    if (!parsed) co_return refuse(std::move(parsed).error());
    auto region = model::Region::parse(parsed->region);
    const auto here = environment_.endpoints.region_for(request.header("Host").value_or(""));
    if (!region || (service == "ecr" && *region != here)) co_return refuse(wrong_region(parsed->region, here));
    // This server hands out no temporary credentials, so nobody's session token is good here.
    if (parsed->has_session_token) co_return refuse(auth::unknown_access_key());
    auto credential = co_await credentials_.find(parsed->access_key_id);
    if (!credential) co_return refuse(std::move(credential).error());
    if (*credential == nullptr) co_return refuse(auth::unknown_access_key());

    const auto announced = request.body->remaining();
    if (announced && *announced > body_limit) {
        co_return refuse(Fault{.kind = FaultKind::too_large,
                               .message = "The body is larger than " + std::to_string(body_limit) + " bytes"});
    }
    auto share = bodies_.take(announced ? static_cast<std::size_t>(*announced) : body_limit);
    if (!share) co_return refuse(Fault{.kind = FaultKind::too_many_requests, .message = "Rate exceeded"});
    auto body = co_await read_all(*request.body, body_limit);
    if (!body) co_return refuse(std::move(body).error());
    auto good = verifier_.verify(signed_request, *parsed, *body, (*credential)->secret);
    if (!good) co_return refuse(std::move(good).error());
    co_return Verified{.principal = (*credential)->principal,
                       .region = std::move(*region),
                       .body = std::move(*body),
                       .share = std::move(*share)};
}

}  // namespace berth::api::aws
