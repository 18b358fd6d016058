#include "api/aws/api_error.hpp"

#include "api/aws/findings.hpp"
#include "api/aws/json_writer.hpp"
#include "api/faults.hpp"

#include <array>

namespace berth::api::aws {

namespace {

using enum auth::SignatureProblem;

constexpr std::array<SignatureErrorRow, 5> signature_errors{{
    {missing_token, "MissingAuthenticationTokenException", 400, "MissingAuthenticationToken", 403},
    {incomplete, "IncompleteSignatureException", 400, "IncompleteSignature", 400},
    {invalid, "InvalidSignatureException", 400, "SignatureDoesNotMatch", 403},
    {unknown_key, "UnrecognizedClientException", 400, "InvalidClientTokenId", 403},
    {expired_token, "ExpiredTokenException", 400, "ExpiredToken", 403},
}};

}  // namespace

ApiError::ApiError(Fault fault)
    : type(fault_row(fault.kind).ecr_type),
      status(fault_row(fault.kind).ecr_status),
      message(std::move(fault.message)) {
    if (fault.kind == FaultKind::internal) message = "An internal error occurred.";
}

std::unexpected<ApiError> invalid_parameter(std::string_view path, std::string_view reason) {
    return std::unexpected(
        ApiError(Fault{.kind = FaultKind::invalid_parameter, .message = constraint_message(path, reason)}));
}

ApiError unknown_operation() {
    return {"UnknownOperationException", 400, "The operation is not known."};
}

ApiError serialization(std::string message) {
    return {"SerializationException", 400, std::move(message)};
}

const SignatureErrorRow& signature_error(auth::SignatureProblem problem) {
    return signature_errors.at(static_cast<std::size_t>(problem));
}

std::string to_json(const ApiError& error) {
    std::string text("{");
    write_key(text, "__type");
    write_string(text, error.type);
    write_key(text, "message");
    write_string(text, error.message);
    text += error.extra;
    text += '}';
    return text;
}

}  // namespace berth::api::aws
