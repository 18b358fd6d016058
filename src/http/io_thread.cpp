#include "http/io_thread.hpp"

#include "base/log.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <netinet/tcp.h>

#include <algorithm>
#include <utility>

namespace berth::http {

namespace asio = boost::asio;

namespace {

// Coarse: one look a second at most at each connection, finer only where a limit is short.
std::chrono::milliseconds tick_interval(const Limits& limits) {
    const auto shortest = std::min({limits.header_timeout, limits.idle_timeout, limits.stall_timeout});
    return std::clamp<std::chrono::milliseconds>(shortest / 4, std::chrono::milliseconds(10), std::chrono::seconds(1));
}

std::string text_of(const std::exception_ptr& thrown) {
    try {
        std::rethrow_exception(thrown);
    } catch (const std::exception& exception) {
        return exception.what();
    } catch (...) {
        return "something that is no std::exception";
    }
}

}  // namespace

IoThread::IoThread(const Service& service, std::function<void()> when_quiet)
    : service_(service), when_quiet_(std::move(when_quiet)), tick_interval_(tick_interval(service.options.limits)) {
    schedule_tick();
}

void IoThread::run() {
    for (;;) {
        try {
            context_.run();
            return;
        } catch (const std::exception& exception) {
            // Sessions catch their own; this one came from a bare completion handler. The loop must live on.
            log::error("an exception reached the event loop", {{"exception", exception.what()}});
        }
    }
}

void IoThread::adopt(Descriptor socket, std::string peer, Admission admission) {
    asio::post(context_, [this, socket = std::move(socket), peer = std::move(peer), admission]() mutable {
        start(std::move(socket), std::move(peer), admission);
    });
}

void IoThread::start(Descriptor socket, std::string peer, Admission admission) {
    const int on = 1;
    ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    try {
        Stream::Socket stream(context_);
        stream.assign(asio::ip::tcp::v4(), socket.get());  // the family only matters for calls nobody makes
        static_cast<void>(socket.release());
        auto connection = std::make_unique<Connection>(service_, state_, std::move(stream), std::move(peer), admission);
        connection->index = connections_.size();
        connections_.push_back(std::move(connection));
    } catch (const std::exception& exception) {
        log::error("a connection cannot be served", {{"exception", exception.what()}});
        state_.counters.closed.add(1);
        return;
    }
    auto& started = *connections_.back();
    auto on_end = [this, &started](const std::exception_ptr& thrown) { ended(started, thrown); };
    asio::co_spawn(context_, started.serve(), asio::bind_cancellation_slot(started.cancellation(), std::move(on_end)));
}

void IoThread::ended(Connection& connection, const std::exception_ptr& thrown) {
    if (thrown) log::debug("a connection was cut", {{"reason", text_of(thrown)}});
    // Not at once: the coroutine that has just ended still holds on to the connection's cancellation slot.
    asio::post(context_, [this, &connection] { remove(connection); });
}

void IoThread::remove(Connection& connection) {
    const auto index = connection.index;
    std::swap(connections_[index], connections_.back());
    connections_[index]->index = index;
    connections_.pop_back();
    state_.counters.closed.add(1);
    quiet_if_done();
}

void IoThread::drain() {
    asio::post(context_, [this] {
        if (std::exchange(state_.draining, true)) return;
        for (const auto& connection : connections_) connection->drain();
        quiet_if_done();
    });
}

void IoThread::cut() {
    asio::post(context_, [this] {
        for (const auto& connection : connections_) connection->cut();
    });
}

void IoThread::quiet_if_done() {
    if (!state_.draining || !connections_.empty() || std::exchange(quiet_, true)) return;
    tick_timer_.cancel();
    work_.reset();
    when_quiet_();
}

void IoThread::schedule_tick() {
    tick_timer_.expires_after(tick_interval_);
    tick_timer_.async_wait([this](const boost::system::error_code& ec) {
        if (!ec) tick();
    });
}

void IoThread::tick() {
    if (quiet_) return;
    const auto now = Stream::Time::now();
    for (const auto& connection : connections_) connection->tick(now);
    schedule_tick();
}

}  // namespace berth::http
