// Task<T>: what a function returns that may wait. It runs on the executor of whoever awaits it; after an offload
// it is back there. See docs/architecture.md, "Threads".
#pragma once

#include <boost/asio/awaitable.hpp>

namespace berth {

template <class T>
using Task = boost::asio::awaitable<T>;

}  // namespace berth
