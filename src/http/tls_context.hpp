// The server's side of TLS: versions, ciphers, certificate. Shared by all I/O threads, read-only once made.
#pragma once

#include "http/server.hpp"

#include <openssl/ssl.h>

#include <memory>

namespace berth::http {

struct FreeTlsContext {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using TlsContext = std::unique_ptr<SSL_CTX, FreeTlsContext>;

// Throws std::runtime_error that names the file and says what is wrong with it.
[[nodiscard]] TlsContext make_tls_context(const TlsFiles& files);

}  // namespace berth::http
