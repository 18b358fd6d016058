#include "http/test_server.hpp"

#include "http/text.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <charconv>
#include <cstdio>
#include <fstream>
#include <stdexcept>

namespace berth::http::test {

namespace {

std::filesystem::path fresh_path(std::string_view stem) {
    static std::atomic<int> count{0};
    return std::filesystem::temp_directory_path() /
           (std::string(stem) + std::to_string(::getpid()) + "-" + std::to_string(count++));
}

}  // namespace

std::optional<std::string> Answer::header(std::string_view name) const {
    std::string_view rest = head;
    while (!rest.empty()) {
        const auto line = rest.substr(0, rest.find("\r\n"));
        rest.remove_prefix(std::min(rest.size(), line.size() + 2));
        const auto colon = line.find(':');
        if (colon != std::string_view::npos && same_name(line.substr(0, colon), name)) {
            return std::string(trim(line.substr(colon + 1)));
        }
    }
    return std::nullopt;
}

Client::Client(std::uint16_t port, Secure secure, SSL_SESSION* session) {
    descriptor_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const timeval limit{.tv_sec = 10, .tv_usec = 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        throw std::runtime_error("no connection");
    }
    if (secure == Secure::no) return;
    context_ = SSL_CTX_new(TLS_client_method());
    ssl_ = SSL_new(context_);
    SSL_set_fd(ssl_, descriptor_);
    if (session != nullptr) SSL_set_session(ssl_, session);
    static constexpr std::array<unsigned char, 12> protocols{2, 'h', '2', 8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
    SSL_set_alpn_protos(ssl_, protocols.data(), protocols.size());
    if (SSL_connect(ssl_) != 1) throw std::runtime_error("no TLS handshake");
}

Client::~Client() {
    SSL_free(ssl_);
    SSL_CTX_free(context_);
    if (descriptor_ >= 0) ::close(descriptor_);
}

void Client::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto sent = ssl_ != nullptr ? SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()))
                                          : ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return;  // the server has heard enough; what it said is still to be read
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

bool Client::fill() {
    static thread_local std::array<char, 262144> piece;
    const auto got = ssl_ != nullptr ? SSL_read(ssl_, piece.data(), static_cast<int>(piece.size()))
                                     : ::recv(descriptor_, piece.data(), piece.size(), 0);
    if (got <= 0) return false;
    arrived_.append(piece.data(), static_cast<std::size_t>(got));
    return true;
}

std::string Client::receive_line() {
    std::size_t end = 0;
    while ((end = arrived_.find("\r\n")) == std::string::npos) {
        if (!fill()) return "";
    }
    auto line = arrived_.substr(0, end + 2);
    arrived_.erase(0, end + 2);
    return line;
}

Answer Client::receive(std::string_view method) {
    Answer answer;
    std::size_t end = 0;
    while ((end = arrived_.find("\r\n\r\n")) == std::string::npos) {
        if (!fill()) return answer;
    }
    answer.head = arrived_.substr(0, end + 4);
    arrived_.erase(0, end + 4);
    std::from_chars(answer.head.data() + 9, answer.head.data() + 12, answer.status);
    if (method == "HEAD" || answer.status == 204 || answer.status == 304 || answer.status < 200) return answer;
    const auto length = std::stoull(answer.header("Content-Length").value_or("0"));
    arrived_.reserve(length);
    while (arrived_.size() < length) {
        if (!fill()) break;
    }
    answer.body = arrived_.substr(0, length);
    arrived_.erase(0, length);
    return answer;
}

Answer Client::ask(std::string_view bytes, std::string_view method) {
    send(bytes);
    return receive(method);
}

bool Client::discard() {
    arrived_.clear();
    return fill();
}

bool Client::at_end() {
    return arrived_.empty() && !fill();
}

void Client::stop_sending() {
    ::shutdown(descriptor_, SHUT_WR);
}

void Client::reset() {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    ::close(descriptor_);
    descriptor_ = -1;
}

Certificate::Certificate() : folder_(fresh_path("berth-tls-")) {
    std::filesystem::create_directory(folder_);
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* certificate = X509_new();
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    auto* name = X509_get_subject_name(certificate);
    const auto* host = reinterpret_cast<const unsigned char*>("localhost");
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, host, -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    X509_sign(certificate, key, EVP_sha256());
    const TlsFiles to = files();
    std::FILE* out = std::fopen(to.certificate_chain.c_str(), "w");
    PEM_write_X509(out, certificate);
    std::fclose(out);
    out = std::fopen(to.private_key.c_str(), "w");
    PEM_write_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(out);
    X509_free(certificate);
    EVP_PKEY_free(key);
}

Certificate::~Certificate() {
    std::filesystem::remove_all(folder_);
}

TlsFiles Certificate::files() const {
    return {.certificate_chain = folder_ / "certificate.pem", .private_key = folder_ / "key.pem"};
}

TestFile::TestFile(std::size_t size) : path_(fresh_path("berth-file-")) {
    content_.resize(size);
    std::uint64_t state = 88172645463325252ULL;
    for (std::size_t i = 0; i + 8 <= size; i += 8) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        __builtin_memcpy(content_.data() + i, &state, 8);
    }
    std::ofstream(path_, std::ios::binary).write(content_.data(), static_cast<std::streamsize>(size));
    descriptor_ = std::shared_ptr<int>(new int(::open(path_.c_str(), O_RDONLY | O_CLOEXEC)), [](int* descriptor) {
        ::close(*descriptor);
        delete descriptor;
    });
}

TestFile::~TestFile() {
    std::filesystem::remove(path_);
}

FileBody TestFile::part(std::uint64_t offset, std::uint64_t length) const {
    return {.owner = descriptor_, .descriptor = *descriptor_, .offset = offset, .length = length};
}

}  // namespace berth::http::test
