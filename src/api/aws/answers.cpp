#include "api/aws/answers.hpp"

#include <utility>

namespace berth::api::aws {

http::Response json_answer(std::string_view request_id, int status, std::string body) {
    http::Response response;
    response.status = status;
    response.set("x-amzn-RequestId", std::string(request_id));
    response.set("Content-Type", "application/x-amz-json-1.1");
    response.body = std::move(body);
    return response;
}

http::Response error_answer(std::string_view request_id, const ApiError& error) {
    return json_answer(request_id, error.status, to_json(error));
}

}  // namespace berth::api::aws
