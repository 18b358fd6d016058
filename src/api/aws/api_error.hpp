// How the ECR API (and STS) says no.
#pragma once

#include "auth/sigv4.hpp"
#include "base/fault.hpp"
#include "base/result.hpp"

#include <expected>
#include <string>
#include <string_view>

namespace berth::api::aws {

struct ApiError {
    std::string_view type;  // __type; static text
    int status = 400;
    std::string message;
    std::string extra;  // further members as JSON text: ,"name":value

    ApiError(std::string_view error_type, int http_status, std::string text)
        : type(error_type), status(http_status), message(std::move(text)) {}
    // By the fault table; what went wrong inside stays inside.
    ApiError(Fault fault);  // NOLINT(google-explicit-constructor): handlers hand faults on as they are
};

template <class T>
using Answer = std::expected<T, ApiError>;

// Invalid parameter at 'PATH' failed to satisfy constraint: 'REASON'
[[nodiscard]] std::unexpected<ApiError> invalid_parameter(std::string_view path, std::string_view reason);

[[nodiscard]] ApiError unknown_operation();
[[nodiscard]] ApiError serialization(std::string message);

// What each protocol calls a refused signature.
struct SignatureErrorRow {
    auth::SignatureProblem problem;
    std::string_view ecr_type;
    int ecr_status;
    std::string_view sts_code;
    int sts_status;
};
[[nodiscard]] const SignatureErrorRow& signature_error(auth::SignatureProblem problem);

// {"__type":...,"message":...}
[[nodiscard]] std::string to_json(const ApiError& error);

}  // namespace berth::api::aws
