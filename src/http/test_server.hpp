// A server that runs on a thread of its own, and clients that say exactly what a test wants them to say.
#pragma once

#include "http/server.hpp"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace berth::http::test {

// Drained at once when it goes out of scope.
class RunningServer {
public:
    RunningServer(Handler handler, ServerOptions options = {})
        : server_(on_any_port(std::move(options)), std::move(handler)), thread_([this] { server_.run(); }) {}
    ~RunningServer() { server_.drain(std::chrono::milliseconds(0)); }
    RunningServer(const RunningServer&) = delete;
    RunningServer& operator=(const RunningServer&) = delete;

    Server& operator*() { return server_; }
    Server* operator->() { return &server_; }
    void join() { thread_.join(); }

private:
    static ServerOptions on_any_port(ServerOptions options) {
        options.port = 0;
        if (options.threads == 0) options.threads = 2;
        return options;
    }
    Server server_;
    std::jthread thread_;
};

struct Answer {
    int status = 0;
    std::string head;  // status line and headers, through the empty line
    std::string body;

    [[nodiscard]] std::optional<std::string> header(std::string_view name) const;
};

enum class Secure : bool { no, yes };

// Blocking; gives up after ten seconds of silence. Throws std::runtime_error when the connection cannot be made.
class Client {
public:
    explicit Client(std::uint16_t port, Secure secure = Secure::no, SSL_SESSION* session = nullptr);
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    void send(std::string_view bytes);
    // The next answer; a HEAD answer has no body whatever its Content-Length says. status 0: the connection ended.
    Answer receive(std::string_view method = "GET");
    Answer ask(std::string_view bytes, std::string_view method = "GET");
    std::string receive_line();  // through CRLF
    bool discard();              // whatever comes next; false at the end
    // True when the server has closed and nothing more arrives.
    bool at_end();
    void stop_sending();
    void reset();  // vanish: the server sees a reset
    SSL* ssl() { return ssl_; }

private:
    bool fill();
    int descriptor_ = -1;
    SSL_CTX* context_ = nullptr;
    SSL* ssl_ = nullptr;
    std::string arrived_;
};

// A fresh self-signed P-256 certificate in files below the tests' temporary folder.
class Certificate {
public:
    Certificate();
    ~Certificate();
    Certificate(const Certificate&) = delete;
    Certificate& operator=(const Certificate&) = delete;
    [[nodiscard]] TlsFiles files() const;

private:
    std::filesystem::path folder_;
};

// A file with known, hardly repeating content, gone at the end.
class TestFile {
public:
    explicit TestFile(std::size_t size);
    ~TestFile();
    TestFile(const TestFile&) = delete;
    TestFile& operator=(const TestFile&) = delete;
    [[nodiscard]] const std::string& content() const { return content_; }
    [[nodiscard]] FileBody part(std::uint64_t offset, std::uint64_t length) const;

private:
    std::filesystem::path path_;
    std::string content_;
    std::shared_ptr<int> descriptor_;
};

inline std::string get(std::string_view target, std::string_view more = {}) {
    return "GET " + std::string(target) + " HTTP/1.1\r\nHost: test\r\n" + std::string(more) + "\r\n";
}

}  // namespace berth::http::test
