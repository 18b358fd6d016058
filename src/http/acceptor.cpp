#include "http/acceptor.hpp"

#include "base/log.hpp"

#include <arpa/inet.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <netinet/in.h>
#include <sys/socket.h>
#include <system_error>

#include <array>
#include <cerrno>
#include <utility>

namespace berth::http {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

namespace {

constexpr int batch = 64;
constexpr std::chrono::milliseconds out_of_descriptors_pause{100};
// So many over the limit are told so with a 503; a flood beyond that is just closed.
constexpr std::uint64_t told = 64;

std::string text_of(const sockaddr_storage& address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const void* bytes = address.ss_family == AF_INET6
                            ? static_cast<const void*>(&reinterpret_cast<const sockaddr_in6&>(address).sin6_addr)
                            : static_cast<const void*>(&reinterpret_cast<const sockaddr_in&>(address).sin_addr);
    const char* written = ::inet_ntop(address.ss_family, bytes, text.data(), text.size());
    return written == nullptr ? "" : written;
}

void listen_on(tcp::acceptor& acceptor, const ServerOptions& options) {
    tcp::resolver resolver(acceptor.get_executor());
    const auto found = resolver.resolve(options.address, std::to_string(options.port),
                                        tcp::resolver::passive | tcp::resolver::numeric_service);
    const auto endpoint = found.begin()->endpoint();
    acceptor.open(endpoint.protocol());
    acceptor.set_option(tcp::acceptor::reuse_address(true));
    acceptor.bind(endpoint);
    acceptor.listen();
    acceptor.non_blocking(true);
}

}  // namespace

Acceptor::Acceptor(const ServerOptions& options, std::vector<std::unique_ptr<IoThread>>& threads)
    : options_(options), threads_(threads), acceptor_(threads.front()->context()), pause_(threads.front()->context()) {
    try {
        listen_on(acceptor_, options);
    } catch (const boost::system::system_error& error) {
        throw std::system_error(error.code(),
                                "cannot listen on " + options.address + ":" + std::to_string(options.port));
    }
    port_ = acceptor_.local_endpoint().port();
}

void Acceptor::start() {
    asio::co_spawn(acceptor_.get_executor(), accept(), [](const std::exception_ptr& thrown) {
        if (thrown) std::rethrow_exception(thrown);  // the event loop logs it
    });
}

void Acceptor::stop() {
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
}

Task<void> Acceptor::accept() {
    while (acceptor_.is_open()) {
        boost::system::error_code ec;
        co_await acceptor_.async_wait(tcp::acceptor::wait_read, asio::redirect_error(asio::use_awaitable, ec));
        if (ec) co_return;  // stopped
        if (accept_batch() == Batch::exhausted) {
            log::warning("no connection can be accepted: out of descriptors or memory");
            pause_.expires_after(out_of_descriptors_pause);
            co_await pause_.async_wait(asio::redirect_error(asio::use_awaitable, ec));
        }
    }
}

Acceptor::Batch Acceptor::accept_batch() {
    for (int i = 0; i < batch; ++i) {
        sockaddr_storage address{};
        socklen_t length = sizeof address;
        Descriptor socket(::accept4(acceptor_.native_handle(), reinterpret_cast<sockaddr*>(&address), &length,
                                    SOCK_NONBLOCK | SOCK_CLOEXEC));
        if (socket.get() >= 0) {
            hand_over(std::move(socket), text_of(address));
            continue;
        }
        switch (errno) {
            case EAGAIN:
                return Batch::drained;
            case EMFILE:
            case ENFILE:
            case ENOBUFS:
            case ENOMEM:
                return Batch::exhausted;
            default:
                break;  // that one connection is broken already (ECONNABORTED and its like)
        }
    }
    return Batch::more;
}

std::uint64_t Acceptor::open() const {
    auto count = accepted_.get();
    for (const auto& thread : threads_) count -= thread->counters().closed.get();
    return count;
}

void Acceptor::hand_over(Descriptor socket, std::string peer) {
    const auto already = open();
    if (already >= options_.limits.connections + told) return;
    const auto admission = already < options_.limits.connections ? Admission::serve : Admission::refuse;
    accepted_.add(1);
    threads_[next_]->adopt(std::move(socket), std::move(peer), admission);
    next_ = (next_ + 1) % threads_.size();
}

}  // namespace berth::http
