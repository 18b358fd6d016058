#include "http/server.hpp"

#include "base/log.hpp"
#include "http/acceptor.hpp"
#include "http/io_thread.hpp"
#include "http/tls_context.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <csignal>
#include <thread>
#include <utility>
#include <vector>

namespace berth::http {

namespace asio = boost::asio;

namespace {

constexpr std::size_t file_readers = 4;  // threads that wait for a disk when a file is not in memory

unsigned thread_count(const ServerOptions& options) {
    return options.threads != 0 ? options.threads : std::max(1U, std::thread::hardware_concurrency());
}

}  // namespace

// Drain: the first thread stops the acceptor, then tells every thread; each calls back when it is quiet. Only the first
// thread touches `drain_by_`, `quiet_threads_` and the timer.
class Server::Impl {
public:
    Impl(ServerOptions options, Handler handler)
        : options_(std::move(options)),
          handler_(std::move(handler)),
          tls_(make_tls()),
          threads_(make_threads()),
          acceptor_(options_, threads_),
          grace_(first()) {
        std::signal(SIGPIPE, SIG_IGN);  // NOLINT: see server.hpp
        acceptor_.start();
    }

    [[nodiscard]] std::uint16_t port() const { return acceptor_.port(); }

    void run() {
        std::vector<std::jthread> others;
        for (std::size_t i = 1; i < threads_.size(); ++i) {
            others.emplace_back([&thread = *threads_[i]] { thread.run(); });
        }
        threads_.front()->run();
    }

    void drain(std::chrono::milliseconds grace) {
        asio::post(first(), [this, by = Time::now() + grace] { drain_by(by); });
    }

    [[nodiscard]] ServerStatistics statistics() const {
        ServerStatistics sum;
        std::uint64_t closed = 0;
        for (const auto& thread : threads_) {
            const auto& counters = thread->counters();
            closed += counters.closed.get();
            sum.requests += counters.requests.get();
            sum.bytes_in += counters.bytes_in.get();
            sum.bytes_out += counters.bytes_out.get();
        }
        // Read after `closed`, so that the difference is never negative.
        sum.connections_accepted = acceptor_.accepted();
        sum.connections_open = sum.connections_accepted - std::min(closed, sum.connections_accepted);
        return sum;
    }

private:
    using Time = std::chrono::steady_clock;

    [[nodiscard]] TlsContext make_tls() const { return options_.tls ? make_tls_context(*options_.tls) : TlsContext(); }
    [[nodiscard]] std::vector<std::unique_ptr<IoThread>> make_threads() {
        std::vector<std::unique_ptr<IoThread>> threads;
        for (unsigned i = 0; i < thread_count(options_); ++i) {
            threads.push_back(std::make_unique<IoThread>(service_, [this] { thread_is_quiet(); }));
        }
        return threads;
    }
    asio::io_context& first() { return threads_.front()->context(); }

    void drain_by(Time::time_point by) {
        if (by >= drain_by_) return;
        if (drain_by_ == Time::time_point::max()) {
            acceptor_.stop();
            for (const auto& thread : threads_) thread->drain();
        }
        drain_by_ = by;
        if (quiet_threads_ == threads_.size()) return;
        grace_.expires_at(by);
        grace_.async_wait([this](const boost::system::error_code& ec) {
            if (ec) return;
            for (const auto& thread : threads_) thread->cut();
        });
    }

    void thread_is_quiet() {
        asio::post(first(), [this] {
            if (++quiet_threads_ == threads_.size()) grace_.cancel();
        });
    }

    const ServerOptions options_;
    const Handler handler_;
    const TlsContext tls_;
    BlockingPool pool_{file_readers};  // outlives the threads' connections, which may wait for it
    const Service service_{.options = options_, .handler = handler_, .tls = tls_.get(), .pool = pool_};
    std::vector<std::unique_ptr<IoThread>> threads_;
    Acceptor acceptor_;
    asio::steady_timer grace_;
    Time::time_point drain_by_ = Time::time_point::max();
    std::size_t quiet_threads_ = 0;
};

Server::Server(ServerOptions options, Handler handler)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(handler))) {}
Server::~Server() = default;

std::uint16_t Server::port() const {
    return impl_->port();
}
void Server::run() {
    impl_->run();
}
void Server::drain(std::chrono::milliseconds grace) {
    impl_->drain(grace);
}
ServerStatistics Server::statistics() const {
    return impl_->statistics();
}

}  // namespace berth::http
