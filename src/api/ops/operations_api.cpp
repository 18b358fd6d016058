#include "api/ops/operations_api.hpp"

namespace berth::api::ops {

namespace {

http::Response text(int status, std::string body) {
    http::Response response;
    response.status = status;
    response.set("Content-Type", "text/plain; charset=utf-8").set("Cache-Control", "no-store");
    response.body = std::move(body);
    return response;
}

void drop_body(http::Response& response) {
    response.head_length = std::get<std::string>(response.body).size();
    response.body = std::string();
}

}  // namespace

Task<http::Response> OperationsApi::ready() {
    if (draining_) co_return text(503, "draining\n");
    auto metadata = co_await metadata_.check();
    if (!metadata) co_return text(503, "the metadata store does not answer: " + metadata.error().message + "\n");
    auto blobs = co_await blobs_.check();
    if (!blobs) co_return text(503, "the blob store does not answer: " + blobs.error().message + "\n");
    co_return text(200, "ready\n");
}

Task<http::Response> OperationsApi::handle(http::Request& request) {
    const bool head = request.method == http::Method::head;
    if (!head && request.method != http::Method::get) {
        auto refused = text(405, "only GET and HEAD are answered here\n");
        refused.set("Allow", "GET, HEAD");
        co_return refused;
    }
    http::Response response;
    if (request.path == "/metrics") {
        response = text(200, metrics_.render());
        response.headers.front().second = "text/plain; version=0.0.4; charset=utf-8";
    } else if (request.path == "/readyz") {
        response = co_await ready();
    } else {
        response = text(200, "ok\n");
    }
    if (head) drop_body(response);
    co_return response;
}

}  // namespace berth::api::ops
