// A connected socket, with or without TLS, as one type: the session is compiled once for both.
//
// Reads and writes go straight to the (non-blocking) socket; the event loop is asked only when they would block, so
// a burst of requests or a large body costs no timer and no queue. Belongs to one I/O thread and one coroutine.
#pragma once

#include "async/task.hpp"
#include "http/counters.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <openssl/ssl.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace berth::http {

enum class IoStatus : std::uint8_t {
    ok,
    closed,   // by the peer, or broken
    expired,  // its deadline passed
};

struct IoResult {
    IoStatus status = IoStatus::ok;
    std::size_t bytes = 0;
};

enum class More : std::uint8_t { no, follows };

class Stream {
public:
    using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;
    using Time = std::chrono::steady_clock;

    // `tls` is null for a plain connection; it and `counters` outlive the stream.
    Stream(Socket socket, SSL_CTX* tls, Counters& counters);
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;
    ~Stream() = default;

    Task<IoStatus> handshake();  // ok at once on a plain connection
    // The handshake failed because the peer speaks HTTP without TLS. So does this stream from then on, for an answer.
    [[nodiscard]] bool heard_http() const { return heard_http_; }

    // At least one byte into `out` (not empty). `closed` is also the orderly end.
    Task<IoResult> read_some(std::span<std::byte> out);
    // All of both, in order.
    Task<IoStatus> write(std::string_view head, std::string_view body, More more = More::no);
    // Up to `length` bytes of a file from `offset` on, without a copy; 0 bytes and ok: the file ends there. Plain
    // connections only. Blocks when the bytes are not in the page cache: the caller sees to that.
    Task<IoResult> send_file(int file, std::uint64_t offset, std::size_t length);

    // Says that nothing more will be sent, and leaves the socket open for reading.
    void finish_writing();
    // Whatever arrives now is thrown away, TLS or not.
    Task<IoResult> read_and_discard();

    // Waiting for the socket must end before `until`; checked by the thread's tick through tick().
    void set_deadline(Time::time_point until) { deadline_ = until; }
    void set_deadline(Time::duration from_now) { deadline_ = Time::now() + from_now; }
    // Every time the socket takes bytes of an answer, it gets this long again.
    void set_stall_timeout(Time::duration timeout) { stall_timeout_ = timeout; }
    void tick(Time::time_point now);
    // Ends the current and every later wait with `expired`.
    void expire();
    [[nodiscard]] bool expired() const { return expired_; }

    // How long reads have waited for the peer, all together.
    [[nodiscard]] Time::duration read_wait(Time::time_point now) const;

    void shut();  // both directions, at once; a running wait ends with `closed`
    [[nodiscard]] bool tls() const { return ssl_ != nullptr; }

private:
    struct FreeSsl {
        void operator()(SSL* ssl) const { SSL_free(ssl); }
    };

    Task<IoStatus> wait(Socket::wait_type what);
    Task<IoStatus> wait_writable();
    Task<IoStatus> breathe(std::size_t bytes);  // lets the thread's other connections have a turn, now and then
    Task<IoResult> read_tls(std::span<std::byte> out);
    Task<IoStatus> write_tls(std::string_view bytes);
    Task<IoStatus> wait_for_ssl(int result);  // what OpenSSL wants before the call is repeated

    Socket socket_;
    int descriptor_;
    std::unique_ptr<SSL, FreeSsl> ssl_;
    Counters& counters_;
    Time::time_point deadline_ = Time::time_point::max();
    Time::duration stall_timeout_ = std::chrono::minutes(1);
    Time::duration read_wait_{};
    Time::time_point reading_since_ = Time::time_point::max();
    std::size_t since_breath_ = 0;
    bool waiting_ = false;
    bool expired_ = false;
    bool heard_http_ = false;
    bool broken_ = false;  // TLS: no close_notify may be sent any more
};

}  // namespace berth::http
