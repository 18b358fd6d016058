// Listens, and hands each new connection to the next I/O thread in turn.
#pragma once

#include "async/task.hpp"
#include "http/counters.hpp"
#include "http/io_thread.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace berth::http {

// Lives on the first I/O thread.
class Acceptor {
public:
    // Binds and listens; throws std::system_error that names the address.
    Acceptor(const ServerOptions& options, std::vector<std::unique_ptr<IoThread>>& threads);

    void start();
    void stop();
    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] std::uint64_t accepted() const { return accepted_.get(); }

private:
    enum class Batch : std::uint8_t { drained, more, exhausted };

    Task<void> accept();
    Batch accept_batch();
    void hand_over(Descriptor socket, std::string peer);
    [[nodiscard]] std::uint64_t open() const;

    const ServerOptions& options_;
    std::vector<std::unique_ptr<IoThread>>& threads_;
    boost::asio::ip::tcp::acceptor acceptor_;
    boost::asio::steady_timer pause_;
    std::uint16_t port_ = 0;
    std::size_t next_ = 0;
    Counter accepted_;
};

}  // namespace berth::http
