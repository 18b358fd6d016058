// One event loop and the connections that live on it.
#pragma once

#include "http/connection.hpp"
#include "http/descriptor.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace berth::http {

class IoThread {
public:
    // `when_quiet` is called once, on this thread: it drains and its last connection has ended.
    IoThread(const Service& service, std::function<void()> when_quiet);
    IoThread(const IoThread&) = delete;
    IoThread& operator=(const IoThread&) = delete;
    ~IoThread() = default;

    void run();  // until it is quiet and nothing is left to do

    // From any thread.
    void adopt(Descriptor socket, std::string peer, Admission admission);
    void drain();
    void cut();
    [[nodiscard]] const Counters& counters() const { return state_.counters; }
    [[nodiscard]] boost::asio::io_context& context() { return context_; }

private:
    void start(Descriptor socket, std::string peer, Admission admission);
    void ended(Connection& connection, const std::exception_ptr& thrown);
    void remove(Connection& connection);
    void schedule_tick();
    void tick();
    void quiet_if_done();

    boost::asio::io_context context_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{context_.get_executor()};
    const Service& service_;
    std::function<void()> when_quiet_;
    std::chrono::milliseconds tick_interval_;
    boost::asio::steady_timer tick_timer_{context_};
    ThreadState state_;
    std::vector<std::unique_ptr<Connection>> connections_;
    bool quiet_ = false;
};

}  // namespace berth::http
