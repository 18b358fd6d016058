#include "async/pause.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace berth {

Task<void> pause(std::chrono::milliseconds length, std::stop_token stop) {
    constexpr std::chrono::milliseconds longest_step{100};
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
    while (length.count() > 0 && !stop.stop_requested()) {
        const auto step = std::min(length, longest_step);
        timer.expires_after(step);
        co_await timer.async_wait(boost::asio::use_awaitable);
        length -= step;
    }
}

}  // namespace berth
