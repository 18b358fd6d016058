#include "stream.hpp"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

namespace bench {
namespace {

[[noreturn]] void fail(const std::string& what) {
    throw CallFailed(what + ": " + std::strerror(errno));
}

class Socket {
public:
    explicit Socket(const Endpoint& endpoint) : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        if (descriptor_ < 0) fail("socket");
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(endpoint.port);
        const int one = 1;
        // A server that never answers must end the run with an error, not hang it.
        const timeval patience{.tv_sec = 60, .tv_usec = 0};
        ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        ::setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
        if (::inet_pton(AF_INET, endpoint.address.c_str(), &to.sin_addr) != 1 ||
            ::connect(descriptor_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
            const int error = errno;
            ::close(descriptor_);
            errno = error;
            fail("connect");
        }
    }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
    ~Socket() { ::close(descriptor_); }

    int descriptor() const { return descriptor_; }

private:
    int descriptor_;
};

class PlainStream final : public Stream {
public:
    explicit PlainStream(const Endpoint& endpoint) : socket_(endpoint) {}

    void send(std::span<const iovec> pieces) override {
        std::vector<iovec> left(pieces.begin(), pieces.end());
        std::size_t first = 0;
        while (first < left.size()) {
            msghdr message{};
            message.msg_iov = left.data() + first;
            message.msg_iovlen = std::min<std::size_t>(left.size() - first, 512);
            const ssize_t sent = ::sendmsg(socket_.descriptor(), &message, MSG_NOSIGNAL);
            if (sent < 0 && errno == EINTR) continue;
            if (sent < 0) fail("send");
            auto count = static_cast<std::size_t>(sent);
            while (first < left.size() && count >= left[first].iov_len) count -= left[first++].iov_len;
            if (first < left.size()) {
                left[first].iov_base = static_cast<char*>(left[first].iov_base) + count;
                left[first].iov_len -= count;
            }
        }
    }

    std::size_t receive(std::span<char> into) override { return receive(into.data(), into.size(), 0); }
    // The kernel drops what it received: a client's copying would be taken from the server's share of the machine.
    std::size_t discard(std::size_t most) override { return receive(nullptr, most, MSG_TRUNC); }

private:
    std::size_t receive(char* into, std::size_t size, int flags) {
        while (true) {
            const ssize_t got = ::recv(socket_.descriptor(), into, size, flags);
            if (got > 0) return static_cast<std::size_t>(got);
            if (got == 0) throw CallFailed("the server closed the connection");
            if (errno != EINTR) fail("receive");
        }
    }

    Socket socket_;
};

SSL_CTX* tls_context() {
    // One for the process. The certificate is not verified: it is self-signed for this run, and verification is the
    // client's work, not the server's. The cheap suite comes first, so that no server is made to take a dearer one.
    static SSL_CTX* const context = [] {
        SSL_CTX* made = SSL_CTX_new(TLS_client_method());
        if (made == nullptr) throw CallFailed("SSL_CTX_new");
        SSL_CTX_set_min_proto_version(made, TLS1_2_VERSION);
        SSL_CTX_set_verify(made, SSL_VERIFY_NONE, nullptr);
        SSL_CTX_set_ciphersuites(made, "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256");
        SSL_CTX_set_mode(made, SSL_MODE_AUTO_RETRY);
        SSL_CTX_set_read_ahead(made, 1);
        return made;
    }();
    return context;
}

class TlsStream final : public Stream {
public:
    explicit TlsStream(const Endpoint& endpoint)
        : socket_(endpoint), ssl_(SSL_new(tls_context()), &SSL_free), staging_(64UL * 1024) {
        if (!ssl_ || SSL_set_fd(ssl_.get(), socket_.descriptor()) != 1) throw CallFailed("SSL_new");
        if (SSL_connect(ssl_.get()) != 1) throw_tls("TLS handshake");
    }

    // Small pieces are joined, so that a header or a chunk's frame does not cost a record of its own.
    void send(std::span<const iovec> pieces) override {
        std::size_t staged = 0;
        for (const iovec& piece : pieces) {
            const char* data = static_cast<const char*>(piece.iov_base);
            std::size_t left = piece.iov_len;
            while (left > 0) {
                if (staged == 0 && left >= staging_.size()) {
                    write(data, staging_.size());
                    data += staging_.size();
                    left -= staging_.size();
                    continue;
                }
                const std::size_t part = std::min(left, staging_.size() - staged);
                std::memcpy(staging_.data() + staged, data, part);
                staged += part;
                data += part;
                left -= part;
                if (staged == staging_.size()) {
                    write(staging_.data(), staged);
                    staged = 0;
                }
            }
        }
        if (staged > 0) write(staging_.data(), staged);
    }

    std::size_t receive(std::span<char> into) override {
        std::size_t got = 0;
        if (SSL_read_ex(ssl_.get(), into.data(), into.size(), &got) != 1) throw_tls("TLS receive");
        return got;
    }
    std::size_t discard(std::size_t most) override {
        return receive(std::span(staging_).first(std::min(most, staging_.size())));
    }

    std::string cipher() const override { return SSL_get_cipher_name(ssl_.get()); }

private:
    void write(const char* data, std::size_t size) {
        std::size_t written = 0;
        if (SSL_write_ex(ssl_.get(), data, size, &written) != 1) throw_tls("TLS send");
    }

    [[noreturn]] static void throw_tls(const std::string& what) {
        char text[160] = "connection lost";
        if (const unsigned long code = ERR_get_error(); code != 0) ERR_error_string_n(code, text, sizeof text);
        throw CallFailed(what + ": " + text);
    }

    Socket socket_;
    std::unique_ptr<SSL, decltype(&SSL_free)> ssl_;
    std::vector<char> staging_;
};

}  // namespace

std::unique_ptr<Stream> connect(const Endpoint& endpoint) {
    if (endpoint.transport == Transport::tls) return std::make_unique<TlsStream>(endpoint);
    return std::make_unique<PlainStream>(endpoint);
}

}  // namespace bench
