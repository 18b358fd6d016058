// The floor: a server that does the least any server must do for the benchmark's calls, to tell what this machine can
// reach. It is no registry: it checks nothing, knows no users, and when it ends all is lost.
#include "loop.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <string_view>
#include <thread>

namespace bench::floor {
namespace {

constexpr unsigned disk_threads = 4;

int listen_on(std::uint16_t port) {
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const int one = 1;
    ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(listener, 1024) != 0)
        throw std::system_error(errno, std::generic_category(), "cannot listen");
    return listener;
}

void serve(std::uint16_t port, const std::string& folder, std::chrono::microseconds polling) {
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    pthread_sigmask(SIG_BLOCK, &ends, nullptr);  // all threads; sigwait() takes them

    std::filesystem::create_directories(folder);
    Server server{.folder = folder, .contents = {}, .uploads = {}, .disk = Disk(disk_threads)};
    std::vector<std::unique_ptr<Loop>> loops;
    for (unsigned i = 0; i < std::max(1U, std::thread::hardware_concurrency()); ++i)
        loops.push_back(std::make_unique<Loop>(server, folder + "/log-" + std::to_string(i), polling));
    loops.front()->accept_for(listen_on(port), loops);
    std::vector<std::jthread> threads;
    for (const auto& loop : loops) threads.emplace_back([&loop] { loop->run(); });
    int signal = 0;
    sigwait(&ends, &signal);
    ::_exit(0);  // there is nothing to keep
}

}  // namespace
}  // namespace bench::floor

int main(int count, char** arguments) {
    if (count == 2 && std::string_view(arguments[1]) == "--version") {
        std::puts("the least a server must do, no registry");
        return 0;
    }
    if (count != 3 && count != 4) {
        std::fputs("usage: bench_floor PORT FOLDER [MICROSECONDS to poll before a loop sleeps]\n", stderr);
        return 2;
    }
    try {
        const std::chrono::microseconds polling(count == 4 ? std::atoi(arguments[3]) : 0);
        bench::floor::serve(static_cast<std::uint16_t>(std::atoi(arguments[1])), arguments[2], polling);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench_floor: %s\n", error.what());
        return 1;
    }
}
