// The HTTP/1.1 server: sockets, TLS, parsing, limits, time-outs, draining. It knows no route.
#pragma once

#include "base/size.hpp"
#include "http/message.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace berth::http {

struct TlsFiles {
    std::string certificate_chain;  // PEM
    std::string private_key;        // PEM
};

struct Limits {
    std::size_t header_bytes = 64_KiB;                 // over it: 431
    std::size_t connections = 4096;                    // over it: 503 and closed
    std::chrono::milliseconds header_timeout{20'000};  // from the first byte of a request to the end of its header
    std::chrono::milliseconds idle_timeout{75'000};    // between requests
    std::chrono::milliseconds stall_timeout{60'000};   // a body or an answer that does not move at all
    std::uint64_t min_body_bytes_per_second = 256;     // averaged over stall_timeout; slower bodies: 408
};

// One answered request, for the access log and the metrics. The views live as long as the call.
struct Answered {
    std::string_view method;
    std::string_view target;
    std::string_view peer;
    std::string_view request_id;
    int status = 0;
    std::uint64_t body_bytes = 0;                    // of the answer's body, as far as it was sent
    std::chrono::steady_clock::duration duration{};  // from the end of the request's header to the end of the answer
};

// Called on an I/O thread after each answer, also after those the server gives by itself (400, 408, 431, 503, ...):
// quick, and safe to be called from several threads at once.
using Observer = std::function<void(const Answered&)>;

// What is refused before or beside the handler: a request that is no good HTTP, a body that breaks its framing, one
// connection too many. The views live as long as the call.
struct Refused {
    // What of a 400 the client can be told beyond its status.
    enum class Hint : std::uint8_t {
        none,
        not_http,       // the first bytes are no HTTP: TLS on a port without, perhaps
        http_upon_tls,  // HTTP on a port with TLS; answered without TLS
    };

    int status = 0;
    Hint hint = Hint::none;
    std::string_view target;  // as far as it could be read: empty or cut short when the request line never came
    std::string_view request_id;
};
// Words a refusal in the form of the front end it would have reached. Quick, does not wait, called on any I/O thread.
using RefusalWriter = std::function<Response(const Refused&)>;

struct ServerOptions {
    std::string address = "127.0.0.1";
    std::uint16_t port = 5000;  // 0: any free one
    unsigned threads = 0;       // 0: one a core
    std::optional<TlsFiles> tls;
    Limits limits;
    Observer observer;     // may be empty
    RefusalWriter refuse;  // empty: a status without a body
};

// Numbers for /metrics; monotonous but for the gauges.
struct ServerStatistics {
    std::uint64_t connections_accepted = 0;
    std::uint64_t connections_open = 0;
    std::uint64_t requests = 0;
    std::uint64_t bytes_in = 0;
    std::uint64_t bytes_out = 0;
};

class Server {
public:
    // Binds and listens; throws std::system_error with a clear text when it cannot (address in use), and
    // std::runtime_error for a certificate or key that cannot be used. Sets SIGPIPE to be ignored in this process:
    // sendfile(2) and OpenSSL know no other way to report a peer that is gone.
    Server(ServerOptions options, Handler handler);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    [[nodiscard]] std::uint16_t port() const;
    // Runs until drain() is complete. Blocks the caller.
    void run();
    // Stops accepting, lets running requests finish, closes idle connections; after `grace` drops the rest.
    // May be called from any thread and more than once; not from a signal handler.
    void drain(std::chrono::milliseconds grace);
    [[nodiscard]] ServerStatistics statistics() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace berth::http
