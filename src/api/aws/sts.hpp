// The one call of AWS STS that clients make to learn who they are: GetCallerIdentity, in the query protocol
// (API version 2011-06-15): a form-encoded POST, or a presigned GET; XML answers.
#pragma once

#include "api/aws/api_error.hpp"
#include "base/size.hpp"
#include "iam/principal.hpp"

#include <string>
#include <string_view>

namespace berth::api::aws {

inline constexpr std::size_t sts_body_limit = 64_KiB;

struct StsAnswer {
    int status = 200;
    std::string xml;
};

// `form` is the body of a POST, or the query of a GET.
[[nodiscard]] StsAnswer answer_sts(std::string_view form, const iam::Principal& principal, std::string_view request_id);
[[nodiscard]] StsAnswer sts_error(std::string_view code, int status, std::string_view message,
                                  std::string_view request_id);

}  // namespace berth::api::aws
