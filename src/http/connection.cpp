#include "http/connection.hpp"

#include "base/clock.hpp"
#include "base/log.hpp"
#include "http/answer_body.hpp"
#include "http/text.hpp"

#include <algorithm>
#include <cstring>
#include <exception>
#include <utility>

namespace berth::http {

namespace {

constexpr std::size_t first_buffer = 8192;
constexpr std::size_t kept_buffer = 32768;  // a larger one is given back after the request that needed it
// Enough for a layer part or a manifest several times too large, by a client that sends all before it reads anything.
constexpr std::uint64_t linger_bytes = std::uint64_t{64} << 20;
constexpr std::chrono::seconds linger_time{10};

// The target of a request line that may be broken or incomplete, for the form of its refusal and nothing else.
std::string_view readable_target(std::string_view arrived) {
    const auto line = arrived.substr(0, arrived.find_first_of("\r\n"));
    const auto method_end = line.find(' ');
    if (method_end == std::string_view::npos) return {};
    const auto rest = line.substr(method_end + 1);
    return rest.substr(0, rest.find(' '));
}

bool has_no_body(int status) {
    return status == 204 || status == 304;
}

// RFC 9110, section 8.6: none with a 204; with HEAD and 304 what a GET would have said, if that is known.
std::optional<std::uint64_t> announced_length(Method method, const Response& response) {
    if (response.status == 204) return std::nullopt;
    if (response.status == 304) return response.head_length;
    if (method == Method::head && response.head_length) return response.head_length;
    return body_length(response);
}

}  // namespace

std::string_view ThreadState::http_date() {
    const auto second = std::chrono::floor<std::chrono::seconds>(SystemClock().now()).time_since_epoch().count();
    if (second != date_second) {
        date_second = second;
        date = format_http_date(second);
    }
    return date;
}

Connection::Connection(const Service& service, ThreadState& thread, Stream::Socket socket, std::string peer,
                       Admission admission)
    : service_(service),
      thread_(thread),
      limits_(service.options.limits),
      admission_(admission),
      peer_(std::move(peer)),
      stream_(std::move(socket), service.tls, thread.counters),
      body_(stream_, parser_, limits_),
      buffer_(std::min(first_buffer, limits_.header_bytes)) {
    stream_.set_stall_timeout(limits_.stall_timeout);
    request_.peer = peer_;
    request_.tls = service.tls != nullptr;
    request_.request_id = view(id_);
    request_.body = &body_;
}

void Connection::tick(Stream::Time::time_point now) {
    stream_.tick(now);
    if (body_.is_too_slow(now)) stream_.expire();
}

void Connection::drain() {
    if (idle_) stream_.shut();
}

void Connection::cut() {
    cut_ = true;
    stream_.shut();
    cancellation_.emit(boost::asio::cancellation_type::terminal);
}

Task<void> Connection::serve() {
    stream_.set_deadline(limits_.header_timeout);
    idle_ = true;
    const auto greeted = co_await stream_.handshake();
    idle_ = false;
    auto next = Next::request;
    if (stream_.heard_http()) {
        next = co_await refuse_plain_text();
    } else if (greeted != IoStatus::ok) {
        co_return;
    }
    while (next == Next::request) next = co_await serve_one();
    stream_.finish_writing();
    if (next == Next::linger) co_await linger();
}

Task<Connection::Next> Connection::serve_one() {
    request_.method = Method::other;
    request_.method_text = request_.target = request_.path = request_.query = {};
    request_.headers.clear();
    framing_ = {};
    int refusal = co_await read_head();
    if (refusal == gone) co_return Next::close;
    if (refusal == 0 && admission_ == Admission::refuse) refusal = 503;
    if (refusal != 0) co_return co_await refuse(refusal);
    thread_.ids.next(id_);
    began_ = Stream::Time::now();
    auto response = co_await call_handler();
    const auto next = co_await answer(std::move(response));
    if (next == Next::request) keep_left_over();
    served_ = true;
    co_return next;
}

Task<Connection::Next> Connection::refuse(int status) {
    thread_.ids.next(id_);
    began_ = Stream::Time::now();
    if (request_.target.empty()) request_.target = readable_target({buffer_.data(), filled_});
    body_.begin({}, {});
    co_await answer(refusal_of(status));
    co_return Next::linger;
}

// OpenSSL has taken the request to see what it is; what is left of it is thrown away.
Task<Connection::Next> Connection::refuse_plain_text() {
    hint_ = Refused::Hint::http_upon_tls;
    co_return co_await refuse(400);
}

// The size of the header through its empty line, or 0 while it is incomplete.
std::size_t Connection::find_head_end(std::size_t& searched) {
    // Empty lines before a request are forgiven (RFC 9112, section 2.2).
    const auto* first =
        std::find_if(buffer_.data(), buffer_.data() + filled_, [](char c) { return c != '\r' && c != '\n'; });
    if (const auto skipped = static_cast<std::size_t>(first - buffer_.data())) {
        std::memmove(buffer_.data(), first, filled_ - skipped);
        filled_ -= skipped;
        searched = 0;
    }
    const auto at = std::string_view(buffer_.data(), filled_).find("\r\n\r\n", searched);
    if (at != std::string_view::npos) return at + 4;
    searched = filled_ < 3 ? 0 : filled_ - 3;
    return 0;
}

int Connection::read_failed(IoStatus status) const {
    return status == IoStatus::expired && filled_ > 0 ? 408 : gone;
}

Task<int> Connection::read_head() {
    std::size_t searched = 0;
    const bool first_of_connection = !served_;
    stream_.set_deadline(filled_ > 0 || first_of_connection ? limits_.header_timeout : limits_.idle_timeout);
    for (;;) {
        const auto head_size = find_head_end(searched);
        if (head_size > limits_.header_bytes) co_return 431;
        if (head_size > 0) co_return parse_head(head_size);
        if (filled_ >= limits_.header_bytes) co_return 431;
        // Not HTTP at all (a TLS hello, say): no need to wait for the rest of it.
        if (filled_ > 0 && !is_token_char(buffer_.front())) {
            hint_ = Refused::Hint::not_http;
            co_return 400;
        }
        if (filled_ == buffer_.size()) buffer_.resize(std::min(2 * buffer_.size(), limits_.header_bytes));
        idle_ = filled_ == 0;
        if (idle_ && thread_.draining) co_return gone;
        const auto room = std::as_writable_bytes(std::span(buffer_)).subspan(filled_);
        const auto got = co_await stream_.read_some(room);
        const bool was_idle = std::exchange(idle_, false);
        if (got.status != IoStatus::ok) co_return read_failed(got.status);
        if (was_idle && !first_of_connection) stream_.set_deadline(limits_.header_timeout);
        filled_ += got.bytes;
    }
}

int Connection::parse_head(std::size_t head_size) {
    const std::string_view arrived(buffer_.data(), filled_);
    const int refusal = parser_.parse_head(arrived.substr(0, head_size), request_, framing_);
    if (refusal == 0) body_.begin(framing_, arrived.substr(head_size));
    return refusal;
}

Task<Response> Connection::call_handler() {
    std::string what;
    try {
        co_return co_await service_.handler(request_);
    } catch (const std::exception& thrown) {
        if (cut_) throw;  // the end of its connection reached the handler: no failure of the handler's
        what = thrown.what();
    } catch (...) {
        what = "something that is no std::exception";
    }
    log::error("a request failed with an exception", {{"request_id", std::string(request_.request_id)},
                                                      {"method", std::string(request_.method_text)},
                                                      {"path", std::string(request_.path)},
                                                      {"exception", what}});
    auto response = refusal_of(500);
    response.close = false;
    co_return response;
}

Response Connection::refusal_of(int status) const {
    Response response;
    const auto& write = service_.options.refuse;
    if (write)
        response =
            write({.status = status, .hint = hint_, .target = request_.target, .request_id = request_.request_id});
    response.status = status;
    response.close = true;
    return response;
}

Response Connection::checked(Response response) const {
    if (body_.refusal() != 0) return refusal_of(body_.refusal());
    if (is_sendable(response)) return response;
    log::error("an answer cannot be sent as it is", {{"request_id", std::string(request_.request_id)},
                                                     {"path", std::string(request_.path)},
                                                     {"status", std::to_string(response.status)}});
    return refusal_of(500);
}

Task<Connection::Next> Connection::answer(Response unchecked) {
    const auto response = checked(std::move(unchecked));
    const bool reusable = body_.can_finish();
    const bool keep = reusable && framing_.keep_alive && !response.close && !thread_.draining;
    const bool bodiless = request_.method == Method::head || has_no_body(response.status);
    auto connection = keep ? ConnectionHeader::none : ConnectionHeader::close;
    if (keep && framing_.version == 10) connection = ConnectionHeader::keep_alive;
    head_.clear();
    append_head(head_, response,
                {.content_length = announced_length(request_.method, response),
                 .connection = connection,
                 .date = thread_.http_date()});
    Sent sent;
    if (bodiless) {
        sent.status = co_await stream_.write(head_, {});
    } else {
        sent = co_await send_answer(stream_, head_, response, service_.pool);
    }
    observe(response, sent.body_bytes);
    if (sent.status != IoStatus::ok) co_return Next::close;
    if (!keep) co_return reusable&& body_.left_over().empty() ? Next::close : Next::linger;
    if (body_.ended()) co_return Next::request;
    const bool finished = co_await body_.finish();
    co_return finished ? Next::request : Next::close;
}

void Connection::observe(const Response& response, std::uint64_t body_bytes) {
    thread_.counters.requests.add(1);
    const auto& observer = service_.options.observer;
    if (!observer) return;
    observer({.method = request_.method_text,
              .target = request_.target,
              .peer = request_.peer,
              .request_id = request_.request_id,
              .status = response.status,
              .body_bytes = body_bytes,
              .duration = Stream::Time::now() - began_});
}

// What arrived behind the request is the beginning of the next one.
void Connection::keep_left_over() {
    const auto rest = body_.left_over();
    if (buffer_.size() < rest.size()) buffer_.resize(rest.size());
    if (!rest.empty()) std::memmove(buffer_.data(), rest.data(), rest.size());
    filled_ = rest.size();
    body_.release();
    if (buffer_.size() > kept_buffer && filled_ <= first_buffer) {
        buffer_.resize(std::min(first_buffer, limits_.header_bytes));
        buffer_.shrink_to_fit();
    }
}

// Closing while the client still sends would make the kernel reset the connection, and the client lose the answer.
Task<void> Connection::linger() {
    std::uint64_t dropped = 0;
    stream_.set_deadline(std::min<Stream::Time::duration>(linger_time, limits_.stall_timeout));
    while (dropped < linger_bytes) {
        const auto got = co_await stream_.read_and_discard();
        if (got.status != IoStatus::ok) co_return;
        dropped += got.bytes;
    }
}

}  // namespace berth::http
