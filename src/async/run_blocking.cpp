#include "async/run_blocking.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>

namespace berth {

void run_on_this_thread(Task<void> task) {
    std::exception_ptr thrown;
    boost::asio::io_context loop(1);
    boost::asio::co_spawn(loop, std::move(task), [&](std::exception_ptr failure) { thrown = std::move(failure); });
    loop.run();
    if (thrown) std::rethrow_exception(thrown);
}

}  // namespace berth
