#include "http/request_body.hpp"

#include "base/size.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace berth::http {

namespace {

// What is read for nothing to keep a connection usable; more than that is dearer than a new connection.
constexpr std::uint64_t worth_draining = 256_KiB;
// Also the longest chunk header and trailer section that may arrive in pieces; the parser has limits of its own.
constexpr std::size_t chunk_buffer_size = 16_KiB;
constexpr std::size_t worth_reading_in_place = 2 * chunk_buffer_size;
constexpr std::string_view continue_line = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace

void RequestBody::begin(const Framing& framing, std::string_view early) {
    framing_ = framing;
    refusal_ = 0;
    early_ = early;
    left_ = framing.length;
    state_ = framing.body == Framing::Body::none ? State::ended : State::reading;
    chunk_at_ = chunk_end_ = 0;
    if (state_ == State::ended) return;
    window_start_ = stream_.read_wait(Stream::Time::now());
    window_bytes_ = 0;
    if (framing.body != Framing::Body::chunked) return;
    chunk_buffer_.resize(std::max(chunk_buffer_size, early.size()));
    if (!early.empty()) std::memcpy(chunk_buffer_.data(), early.data(), early.size());
    chunk_end_ = early.size();
}

std::optional<std::uint64_t> RequestBody::remaining() const {
    if (state_ == State::ended) return 0;
    if (framing_.body == Framing::Body::chunked) return std::nullopt;
    return left_;
}

std::string_view RequestBody::left_over() const {
    if (framing_.body != Framing::Body::chunked) return early_;
    return {chunk_buffer_.data() + chunk_at_, chunk_end_ - chunk_at_};
}

std::unexpected<Fault> RequestBody::broke(IoStatus status) {
    state_ = State::failed;
    if (status == IoStatus::expired) {
        refusal_ = 408;
        return fail(FaultKind::deadline, "the client sends its body too slowly");
    }
    return fail(FaultKind::size_mismatch, "the client went away before the end of its body");
}

std::unexpected<Fault> RequestBody::malformed() {
    state_ = State::failed;
    refusal_ = 400;
    return fail(FaultKind::invalid_parameter, "the chunks of the body are malformed");
}

Task<IoStatus> RequestBody::invite() {
    if (!std::exchange(framing_.expects_continue, false) || !left_over().empty()) co_return IoStatus::ok;
    co_return co_await stream_.write(continue_line, {});
}

Task<Result<std::size_t>> RequestBody::read_some(std::span<std::byte> out) {
    if (state_ == State::ended || out.empty()) co_return std::size_t{0};
    if (state_ == State::failed) co_return fail(FaultKind::size_mismatch, "the body broke off before");
    if (framing_.expects_continue) {
        const auto status = co_await invite();
        if (status != IoStatus::ok) co_return broke(status);
    }
    if (framing_.body == Framing::Body::length) co_return co_await read_length(out);
    co_return co_await read_chunks(out);
}

Task<Result<std::size_t>> RequestBody::read_length(std::span<std::byte> out) {
    std::size_t got = 0;
    const auto wanted = out.first(static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), left_)));
    if (!early_.empty()) {
        got = std::min(early_.size(), wanted.size());
        std::memcpy(wanted.data(), early_.data(), got);
        early_.remove_prefix(got);
    } else {
        stream_.set_deadline(limits_.stall_timeout);
        const auto result = co_await stream_.read_some(wanted);
        if (result.status != IoStatus::ok) co_return broke(result.status);
        got = result.bytes;
    }
    count(got);
    left_ -= got;
    if (left_ == 0) state_ = State::ended;
    co_return got;
}

// Takes what is in the buffer apart; broken chunks leave the state `failed`.
std::size_t RequestBody::decode(std::span<std::byte> out) {
    const auto step = parser_.decode_chunks(left_over(), out);
    chunk_at_ += step.consumed;
    if (step.finished) state_ = State::ended;
    if (step.malformed) state_ = State::failed;
    return step.produced;
}

Task<IoStatus> RequestBody::fill_chunk_buffer() {
    if (chunk_at_ > 0) {
        std::memmove(chunk_buffer_.data(), chunk_buffer_.data() + chunk_at_, chunk_end_ - chunk_at_);
        chunk_end_ -= std::exchange(chunk_at_, 0);
    }
    stream_.set_deadline(limits_.stall_timeout);
    const auto room = std::as_writable_bytes(std::span(chunk_buffer_)).subspan(chunk_end_);
    const auto result = co_await stream_.read_some(room);
    chunk_end_ += result.bytes;
    co_return result.status;
}

// Into the reader's own memory and taken apart there: what the chunks hold is never longer than the chunks. `out` has
// room for more than the buffer holds.
Task<Result<std::size_t>> RequestBody::read_in_place(std::span<std::byte> out) {
    const auto begun = left_over();
    std::memcpy(out.data(), begun.data(), begun.size());
    stream_.set_deadline(limits_.stall_timeout);
    const auto result = co_await stream_.read_some(out.subspan(begun.size()));
    if (result.status != IoStatus::ok) co_return broke(result.status);
    const auto* raw = reinterpret_cast<const char*>(out.data());
    const std::string_view arrived(raw, begun.size() + result.bytes);
    const auto step = parser_.decode_chunks(arrived, out);
    const auto rest = arrived.substr(step.consumed);
    if (chunk_buffer_.size() < rest.size()) chunk_buffer_.resize(rest.size());
    if (!rest.empty()) std::memcpy(chunk_buffer_.data(), rest.data(), rest.size());
    chunk_at_ = 0;
    chunk_end_ = rest.size();
    if (step.malformed) co_return malformed();
    if (step.finished) state_ = State::ended;
    co_return step.produced;
}

Task<Result<std::size_t>> RequestBody::read_chunks(std::span<std::byte> out) {
    auto got = decode(out);
    while (got == 0 && state_ == State::reading) {
        // A chunk header or trailers that fill the whole buffer: nobody honest needs that.
        if (left_over().size() >= chunk_buffer_size) co_return malformed();
        if (out.size() >= worth_reading_in_place) {
            auto direct = co_await read_in_place(out);
            if (!direct) co_return direct;
            got = *direct;
        } else {
            const auto status = co_await fill_chunk_buffer();
            if (status != IoStatus::ok) co_return broke(status);
            got = decode(out);
        }
    }
    if (state_ == State::failed) co_return malformed();
    count(got);
    co_return got;
}

void RequestBody::release() {
    chunk_buffer_ = {};
    chunk_at_ = chunk_end_ = 0;
    early_ = {};
}

bool RequestBody::can_finish() {
    if (state_ != State::reading) return state_ == State::ended;
    // The client may or may not send the body that nobody invited: there is no telling where the next message begins.
    if (framing_.expects_continue && left_over().empty()) return false;
    if (framing_.body == Framing::Body::length) return left_ <= worth_draining;
    std::array<std::byte, 4096> waste;  // NOLINT: never looked at
    while (state_ == State::reading && decode(waste) > 0) {
    }
    return state_ == State::ended;
}

Task<bool> RequestBody::finish() {
    std::array<std::byte, 4096> waste;  // NOLINT: never looked at
    while (state_ == State::reading) {
        const auto got = co_await read_some(waste);
        if (!got) co_return false;
    }
    co_return state_ == State::ended;
}

bool RequestBody::is_too_slow(Stream::Time::time_point now) {
    if (state_ != State::reading) return false;
    const auto waited = stream_.read_wait(now) - window_start_;
    if (waited < limits_.stall_timeout) return false;
    const auto seconds = std::chrono::duration<double>(waited).count();
    if (static_cast<double>(window_bytes_) < seconds * static_cast<double>(limits_.min_body_bytes_per_second))
        return true;
    window_start_ += waited;
    window_bytes_ = 0;
    return false;
}

}  // namespace berth::http
