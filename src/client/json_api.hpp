// A signing client of an AWS JSON 1.1 API: one call, one answer. For commands; blocking.
#pragma once

#include "auth/sigv4_sign.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "client/http.hpp"

#include <string>
#include <string_view>

namespace berth::client {

struct JsonApiOptions {
    std::string endpoint = "http://localhost:5000";  // scheme://host[:port]
    std::string region = "us-east-1";
    std::string service = "ecr";  // of the signature's scope
    HttpOptions http = {};
};

struct JsonAnswer {
    int status = 0;
    std::string body;  // JSON text: the answer at 200, else {"__type":...,"message":...}
};

// One thread at a time.
class JsonApi {
public:
    JsonApi(JsonApiOptions options, auth::AccessKeySecret key, const Clock& clock);

    // `target` is the whole X-Amz-Target. Any status is an answer; faults are HttpClient::send()'s, and
    // invalid_parameter for an endpoint that is none.
    [[nodiscard]] Result<JsonAnswer> call(std::string_view target, std::string body);

private:
    JsonApiOptions options_;
    auth::AccessKeySecret key_;
    const Clock& clock_;
    HttpClient http_;
};

}  // namespace berth::client
