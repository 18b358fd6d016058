// AWS Signature Version 4 from the other side: making it, in the header form. The canonical texts are the verifier's.
#pragma once

#include "auth/sigv4.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace berth::auth {

struct AccessKeySecret {
    std::string access_key_id;
    Secret secret;
    std::optional<std::string> session_token = std::nullopt;  // of temporary credentials
};

struct SigningScope {
    std::string_view region;
    std::string_view service;
};

// The headers that make `request` a signed one: X-Amz-Date, X-Amz-Security-Token when there is a session, and
// Authorization. Every header the request has is signed, so it holds what is sent and nothing a proxy may change;
// `host` must be among them.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> sign_request(const RequestToVerify& request,
                                                                            std::string_view body,
                                                                            const AccessKeySecret& key,
                                                                            const SigningScope& scope, Timestamp now);

}  // namespace berth::auth
