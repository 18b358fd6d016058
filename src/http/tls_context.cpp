#include "http/tls_context.hpp"

#include "base/size.hpp"

#include <openssl/err.h>
#include <system_error>

#include <stdexcept>
#include <string>
#include <string_view>

namespace berth::http {

namespace {

// AES-128-GCM first: the cheapest by far where the processor knows AES, and strong enough.
constexpr const char* tls13_suites = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";
constexpr const char* tls12_ciphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr std::size_t read_buffer = 32_KiB;

// The first error is the cause; later ones say through whom it came ("system lib", "PEM lib").
std::string cause() {
    const auto code = ERR_peek_error();
    ERR_clear_error();
    if (ERR_SYSTEM_ERROR(code)) return std::generic_category().message(ERR_GET_REASON(code));
    const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
    return reason == nullptr ? "OpenSSL gives no reason" : reason;
}

[[noreturn]] void give_up(const std::string& what) {
    throw std::runtime_error(what + ": " + cause());
}

// `what` says what the file should hold.
[[noreturn]] void give_up_file(const std::string& what, const std::string& path) {
    const bool unreadable = ERR_SYSTEM_ERROR(ERR_peek_error());
    const auto why = cause();
    throw std::runtime_error("cannot use the TLS " + what + " " + path + ": " +
                             (unreadable ? why : "it holds no PEM " + what + " (" + why + ")"));
}

// http/1.1 is all there is; a client that insists on something else is told so in the handshake.
int choose_protocol(SSL* /*ssl*/, const unsigned char** out, unsigned char* out_length, const unsigned char* in,
                    unsigned in_length, void* /*unused*/) {
    static constexpr std::string_view ours = "http/1.1";
    for (unsigned at = 0; at < in_length;) {
        const unsigned length = in[at];
        if (length > in_length - at - 1) break;
        if (std::string_view(reinterpret_cast<const char*>(in + at + 1), length) == ours) {
            *out = in + at + 1;
            *out_length = static_cast<unsigned char>(length);
            return SSL_TLSEXT_ERR_OK;
        }
        at += length + 1;
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

void load(SSL_CTX* context, const TlsFiles& files) {
    if (SSL_CTX_use_certificate_chain_file(context, files.certificate_chain.c_str()) != 1) {
        give_up_file("certificate", files.certificate_chain);
    }
    if (SSL_CTX_use_PrivateKey_file(context, files.private_key.c_str(), SSL_FILETYPE_PEM) != 1) {
        give_up_file("private key", files.private_key);
    }
    if (SSL_CTX_check_private_key(context) != 1) {
        give_up("the TLS private key " + files.private_key + " does not belong to " + files.certificate_chain);
    }
}

}  // namespace

TlsContext make_tls_context(const TlsFiles& files) {
    ERR_clear_error();
    TlsContext context(SSL_CTX_new(TLS_server_method()));
    if (!context) give_up("no TLS context from OpenSSL");
    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    SSL_CTX_set_options(context.get(),
                        SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_mode(context.get(),
                     SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    if (SSL_CTX_set_ciphersuites(context.get(), tls13_suites) != 1 ||
        SSL_CTX_set_cipher_list(context.get(), tls12_ciphers) != 1) {
        give_up("OpenSSL refuses the cipher list");
    }
    // Resumption by tickets alone: no shared cache, no lock between the threads.
    static constexpr unsigned char session_context[] = "berth";
    SSL_CTX_set_session_id_context(context.get(), session_context, sizeof session_context - 1);
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(context.get(), 1);
    // One recv(2) brings in whole records instead of a header and then its record.
    SSL_CTX_set_read_ahead(context.get(), 1);
    SSL_CTX_set_default_read_buffer_len(context.get(), read_buffer);
    SSL_CTX_set_alpn_select_cb(context.get(), choose_protocol, nullptr);
    load(context.get(), files);
    return context;
}

}  // namespace berth::http
