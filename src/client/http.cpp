#include "client/http.hpp"

#include "client/http_state.hpp"

namespace berth::client {

std::optional<std::string_view> HttpAnswer::header(std::string_view name) const {
    return find_header(headers, name);
}

HttpClient::HttpClient(HttpOptions options) : state_(std::make_unique<State>()) {
    state_->options = std::move(options);
}
HttpClient::~HttpClient() = default;

Result<HttpAnswer> HttpClient::send(const HttpRequest& request) {
    const auto& options = state_->options;
    Exchange exchange(options, state_->handle);
    HttpAnswer answer;
    auto done =
        run_with_redirects(exchange, options, request, options.timeout, [&](std::string_view bytes) -> Result<void> {
            if (bytes.size() > options.answer_bytes - answer.body.size()) {
                return fail(FaultKind::too_large,
                            "the answer is longer than " + std::to_string(options.answer_bytes) + " bytes");
            }
            answer.body += bytes;
            return {};
        });
    if (!done) return fail(std::move(done));
    answer.status = exchange.status();
    answer.headers = exchange.headers();
    return answer;
}

Result<HttpAnswer> HttpClient::receive(const HttpRequest& request, const Take& take) {
    Exchange exchange(state_->options, state_->handle);
    auto done = run_with_redirects(exchange, state_->options, request, {},
                                   [&](std::string_view bytes) { return take(exchange.status(), bytes); });
    if (!done) return fail(std::move(done));
    return HttpAnswer{.status = exchange.status(), .headers = exchange.headers(), .body = {}};
}

}  // namespace berth::client
