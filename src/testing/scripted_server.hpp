// A server that says exactly what a test wants said, byte by byte, and remembers what it was asked.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace berth::testing {

// One request for each connection, which is closed after the answer, whole or not. One connection after the other, or
// each on a thread of its own.
class ScriptedServer {
public:
    using Script = std::function<std::string(const std::string& request)>;
    enum class Connections : unsigned char { in_turn, at_once };

    explicit ScriptedServer(Script script, Connections connections = Connections::in_turn)
        : script_(std::move(script)), connections_(connections) {
        listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 16) != 0 ||
            ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
            throw std::runtime_error("a test server cannot listen");
        }
        port_ = ntohs(address.sin_port);
        thread_ = std::jthread([this] { serve(); });
    }
    ~ScriptedServer() {
        ::shutdown(listener_, SHUT_RDWR);
        thread_.join();
        ::close(listener_);
    }
    ScriptedServer(const ScriptedServer&) = delete;
    ScriptedServer& operator=(const ScriptedServer&) = delete;

    [[nodiscard]] std::string authority() const { return "127.0.0.1:" + std::to_string(port_); }
    [[nodiscard]] std::string url(std::string_view path = "/") const {
        return "http://" + authority() + std::string(path);
    }
    [[nodiscard]] std::vector<std::string> requests() const {
        const std::scoped_lock lock(mutex_);
        return requests_;
    }

private:
    void serve() {
        for (;;) {
            const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
            if (connection < 0) return;
            if (connections_ == Connections::at_once)
                served_.emplace_back([this, connection] { serve(connection); });
            else
                serve(connection);
        }
    }
    void serve(int connection) {
        const timeval limit{.tv_sec = 10, .tv_usec = 0};
        ::setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        const auto request = read(connection);
        {
            const std::scoped_lock lock(mutex_);
            requests_.push_back(request);
        }
        std::string_view answer;
        const auto text = script_(request);
        for (answer = text; !answer.empty();) {
            const auto sent = ::send(connection, answer.data(), answer.size(), MSG_NOSIGNAL);
            if (sent <= 0) break;
            answer.remove_prefix(static_cast<std::size_t>(sent));
        }
        ::close(connection);
    }
    static std::string read(int connection) {
        std::string text;
        std::string piece(4096, '\0');
        for (;;) {
            const auto head = text.find("\r\n\r\n");
            const auto length = text.find("Content-Length: ");
            const auto body = length < head ? std::stoul(text.substr(length + 16)) : 0;
            if (head != std::string::npos && text.size() >= head + 4 + body) return text;
            const auto got = ::recv(connection, piece.data(), piece.size(), 0);
            if (got <= 0) return text;
            text.append(piece, 0, static_cast<std::size_t>(got));
        }
    }

    Script script_;
    const Connections connections_;
    int listener_ = -1;
    std::uint16_t port_ = 0;
    mutable std::mutex mutex_;
    std::vector<std::string> requests_;
    std::vector<std::jthread> served_;  // of the thread's alone until that has ended
    std::jthread thread_;
};

// An answer with its length.
inline std::string answer(std::string_view status, std::string_view body, std::string_view headers = "") {
    return "HTTP/1.1 " + std::string(status) + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
           std::string(headers) + "\r\n" + std::string(body);
}

}  // namespace berth::testing
