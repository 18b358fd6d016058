// A connected byte stream, plain or TLS, with blocking calls. One thread uses a stream at a time.
#pragma once

#include <openssl/types.h>
#include <sys/uio.h>

#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>

namespace bench {

// The connection or the answer was not what the protocol asks for. A run in which one was thrown is invalid.
struct CallFailed : std::runtime_error {
    using std::runtime_error::runtime_error;
};

enum class Transport : std::uint8_t { plain, tls };

struct Endpoint {
    std::string address = "127.0.0.1";  // IPv4, as text
    std::uint16_t port = 0;
    Transport transport = Transport::plain;
};

class Stream {
public:
    Stream() = default;
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;
    virtual ~Stream() = default;

    // Sends all of it, in order, or throws CallFailed.
    virtual void send(std::span<const iovec> pieces) = 0;
    // At least one byte; throws CallFailed at the end of the stream, because no caller expects one.
    virtual std::size_t receive(std::span<char> into) = 0;
    // Takes up to `most` bytes and forgets them, without a copy where the transport lets it; at least one.
    virtual std::size_t discard(std::size_t most) = 0;
    // The negotiated cipher suite; empty without TLS.
    virtual std::string cipher() const { return {}; }
};

std::unique_ptr<Stream> connect(const Endpoint& endpoint);

}  // namespace bench
