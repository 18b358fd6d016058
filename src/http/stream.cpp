#include "http/stream.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <openssl/err.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>
#include <utility>

namespace berth::http {

namespace asio = boost::asio;

namespace {

constexpr std::size_t breath = std::size_t{2} << 20;

bool would_block(int error) {
    return error == EAGAIN || error == EWOULDBLOCK;
}

iovec piece_of(std::string_view bytes) {
    return {.iov_base = const_cast<char*>(bytes.data()), .iov_len = bytes.size()};  // NOLINT: sendmsg only reads
}

}  // namespace

Stream::Stream(Socket socket, SSL_CTX* tls, Counters& counters)
    : socket_(std::move(socket)), descriptor_(socket_.native_handle()), counters_(counters) {
    if (tls == nullptr) return;
    ssl_.reset(SSL_new(tls));
    if (!ssl_ || SSL_set_fd(ssl_.get(), descriptor_) != 1) throw std::runtime_error("no TLS session from OpenSSL");
    SSL_set_accept_state(ssl_.get());
}

void Stream::tick(Time::time_point now) {
    if (waiting_ && now >= deadline_) expire();
}

void Stream::expire() {
    expired_ = true;
    boost::system::error_code ignored;
    socket_.cancel(ignored);
}

Stream::Time::duration Stream::read_wait(Time::time_point now) const {
    return reading_since_ == Time::time_point::max() ? read_wait_ : read_wait_ + (now - reading_since_);
}

void Stream::shut() {
    broken_ = true;
    ::shutdown(descriptor_, SHUT_RDWR);
}

void Stream::finish_writing() {
    if (ssl_ && !broken_) {
        ERR_clear_error();
        SSL_shutdown(ssl_.get());  // best effort: one small record, never repeated
        broken_ = true;
    }
    ::shutdown(descriptor_, SHUT_WR);
}

Task<IoStatus> Stream::wait(Socket::wait_type what) {
    since_breath_ = 0;
    if (expired_) co_return IoStatus::expired;
    boost::system::error_code ec;
    waiting_ = true;
    co_await socket_.async_wait(what, asio::redirect_error(asio::use_awaitable, ec));
    waiting_ = false;
    if (expired_) co_return IoStatus::expired;
    co_return ec ? IoStatus::closed : IoStatus::ok;
}

Task<IoStatus> Stream::wait_writable() {
    set_deadline(stall_timeout_);
    co_return co_await wait(Socket::wait_write);
}

Task<IoStatus> Stream::breathe(std::size_t bytes) {
    since_breath_ += bytes;
    if (since_breath_ >= breath) {
        since_breath_ = 0;
        co_await asio::post(asio::use_awaitable);
    }
    co_return expired_ ? IoStatus::expired : IoStatus::ok;
}

Task<IoStatus> Stream::handshake() {
    if (!ssl_) co_return IoStatus::ok;
    for (;;) {
        ERR_clear_error();
        const int result = SSL_do_handshake(ssl_.get());
        if (result == 1) co_return IoStatus::ok;
        const bool is_http = ERR_GET_REASON(ERR_peek_error()) == SSL_R_HTTP_REQUEST;
        const auto status = co_await wait_for_ssl(result);
        if (is_http) {
            heard_http_ = true;
            ssl_.reset();
        }
        if (status != IoStatus::ok) co_return status;
    }
}

Task<IoStatus> Stream::wait_for_ssl(int result) {
    switch (SSL_get_error(ssl_.get(), result)) {
        case SSL_ERROR_WANT_READ:
            co_return co_await wait(Socket::wait_read);
        case SSL_ERROR_WANT_WRITE:
            co_return co_await wait(Socket::wait_write);
        case SSL_ERROR_ZERO_RETURN:
            co_return IoStatus::closed;
        default:
            broken_ = true;
            co_return IoStatus::closed;
    }
}

Task<IoResult> Stream::read_some(std::span<std::byte> out) {
    if (ssl_) co_return co_await read_tls(out);
    auto got = ::recv(descriptor_, out.data(), out.size(), MSG_DONTWAIT);
    if (got < 0 && would_block(errno)) {
        if (expired_) co_return IoResult{.status = IoStatus::expired};
        since_breath_ = 0;
        boost::system::error_code ec;
        reading_since_ = Time::now();
        waiting_ = true;
        const auto count = co_await socket_.async_read_some(asio::buffer(out.data(), out.size()),
                                                            asio::redirect_error(asio::use_awaitable, ec));
        waiting_ = false;
        read_wait_ += Time::now() - std::exchange(reading_since_, Time::time_point::max());
        if (expired_) co_return IoResult{.status = IoStatus::expired};
        got = ec ? -1 : static_cast<ssize_t>(count);
    }
    if (got <= 0) co_return IoResult{.status = IoStatus::closed};
    const auto bytes = static_cast<std::size_t>(got);
    counters_.bytes_in.add(bytes);
    since_breath_ += bytes;
    if (since_breath_ >= breath) co_await breathe(0);
    co_return IoResult{.bytes = bytes};
}

// As many records as have arrived: one alone is small change for a reader of large bodies.
Task<IoResult> Stream::read_tls(std::span<std::byte> out) {
    std::size_t total = 0;
    for (;;) {
        ERR_clear_error();
        std::size_t count = 0;
        const int result = SSL_read_ex(ssl_.get(), out.data() + total, out.size() - total, &count);
        total += count;
        if (result == 1 && total < out.size()) continue;
        if (total > 0) break;  // an error comes again when it is asked for again
        reading_since_ = Time::now();
        const auto status = co_await wait_for_ssl(result);
        read_wait_ += Time::now() - std::exchange(reading_since_, Time::time_point::max());
        if (status != IoStatus::ok) co_return IoResult{.status = status};
    }
    counters_.bytes_in.add(total);
    const auto status = co_await breathe(total);
    co_return IoResult{.status = status, .bytes = total};
}

Task<IoResult> Stream::read_and_discard() {
    std::array<std::byte, 16384> waste;  // NOLINT: never looked at
    for (;;) {
        const auto got = ::recv(descriptor_, waste.data(), waste.size(), MSG_DONTWAIT);
        if (got > 0) {
            const auto status = co_await breathe(static_cast<std::size_t>(got));
            co_return IoResult{.status = status, .bytes = static_cast<std::size_t>(got)};
        }
        if (got == 0 || !would_block(errno)) co_return IoResult{.status = IoStatus::closed};
        const auto status = co_await wait(Socket::wait_read);
        if (status != IoStatus::ok) co_return IoResult{.status = status};
    }
}

Task<IoStatus> Stream::write(std::string_view head, std::string_view body, More more) {
    if (ssl_) {
        if (!head.empty()) {
            const auto status = co_await write_tls(head);
            if (status != IoStatus::ok) co_return status;
        }
        co_return co_await write_tls(body);
    }
    while (!head.empty() || !body.empty()) {
        std::array<iovec, 2> pieces{piece_of(head), piece_of(body)};
        msghdr message{};
        message.msg_iov = pieces.data();
        message.msg_iovlen = pieces.size();
        const int flags = MSG_NOSIGNAL | MSG_DONTWAIT | (more == More::follows ? MSG_MORE : 0);
        const auto sent = ::sendmsg(descriptor_, &message, flags);
        if (sent < 0) {
            if (!would_block(errno)) co_return IoStatus::closed;
            const auto status = co_await wait_writable();
            if (status != IoStatus::ok) co_return status;
            continue;
        }
        const auto bytes = static_cast<std::size_t>(sent);
        counters_.bytes_out.add(bytes);
        const auto of_head = std::min(bytes, head.size());
        head.remove_prefix(of_head);
        body.remove_prefix(bytes - of_head);
        since_breath_ += bytes;
        if (since_breath_ >= breath) co_await breathe(0);
    }
    co_return IoStatus::ok;
}

Task<IoStatus> Stream::write_tls(std::string_view bytes) {
    while (!bytes.empty()) {
        ERR_clear_error();
        std::size_t count = 0;
        const int result = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &count);
        IoStatus status{};
        if (result == 1) {
            counters_.bytes_out.add(count);
            bytes.remove_prefix(count);
            status = co_await breathe(count);
        } else {
            set_deadline(stall_timeout_);
            status = co_await wait_for_ssl(result);
        }
        if (status != IoStatus::ok) co_return status;
    }
    co_return IoStatus::ok;
}

Task<IoResult> Stream::send_file(int file, std::uint64_t offset, std::size_t length) {
    auto at = static_cast<off_t>(offset);
    for (;;) {
        const auto sent = ::sendfile(descriptor_, file, &at, length);
        if (sent >= 0) {
            const auto bytes = static_cast<std::size_t>(sent);
            counters_.bytes_out.add(bytes);
            const auto status = co_await breathe(bytes);
            co_return IoResult{.status = status, .bytes = bytes};
        }
        if (errno == EINTR) continue;
        if (!would_block(errno)) co_return IoResult{.status = IoStatus::closed};
        const auto status = co_await wait_writable();
        if (status != IoStatus::ok) co_return IoResult{.status = status};
    }
}

}  // namespace berth::http
