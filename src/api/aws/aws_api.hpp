// The front end of the AWS APIs: POST / of the ECR API and of Berth's own (JSON 1.1), and of STS (query protocol).
//
// It verifies the signature, finds the operation, lets it run and puts its answer or error on the wire. It knows no
// operation by name.
#pragma once

#include "api/aws/catalog.hpp"
#include "api/aws/operation.hpp"
#include "api/body_budget.hpp"
#include "async/task.hpp"
#include "auth/sigv4.hpp"
#include "http/message.hpp"
#include "registry/credentials.hpp"

#include <cstddef>
#include <expected>
#include <string>

namespace berth::api::aws {

// Thread-safe. The environment's members, the credentials and the budget outlive it.
class AwsApi {
public:
    AwsApi(Environment environment, registry::Credentials& credentials, BodyBudget& bodies);
    AwsApi(const AwsApi&) = delete;
    AwsApi& operator=(const AwsApi&) = delete;

    // Is this request ours at all? Everything that is sent to "/" with an X-Amz-Target, as a form, or as a presigned
    // STS call.
    [[nodiscard]] static bool claims(const http::Request& request);

    [[nodiscard]] Task<http::Response> handle(http::Request& request);

private:
    struct Verified;
    struct Refusal;

    Task<http::Response> handle_json(http::Request& request, std::string_view target);
    Task<http::Response> handle_sts(http::Request& request);
    Task<std::expected<Verified, Refusal>> verify(http::Request& request, std::string_view service,
                                                  std::size_t body_limit);

    Environment environment_;
    registry::Credentials& credentials_;
    auth::SignatureVerifier verifier_;
    BodyBudget& bodies_;
};

}  // namespace berth::api::aws
