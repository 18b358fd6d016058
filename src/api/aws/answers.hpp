// Answers of the ECR API as HTTP carries them.
#pragma once

#include "api/aws/api_error.hpp"
#include "http/message.hpp"

#include <string>
#include <string_view>

namespace berth::api::aws {

[[nodiscard]] http::Response json_answer(std::string_view request_id, int status, std::string body);
[[nodiscard]] http::Response error_answer(std::string_view request_id, const ApiError& error);

}  // namespace berth::api::aws
