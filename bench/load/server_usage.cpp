#include "server_usage.hpp"

#include <time.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace bench {
namespace {

std::filesystem::path proc(pid_t process) {
    return "/proc/" + std::to_string(process);
}

// The process and its descendants. A process that ends while we look is left out.
std::vector<pid_t> family(pid_t root) {
    std::vector<pid_t> all;
    if (root != 0) all.push_back(root);
    for (std::size_t i = 0; i < all.size(); ++i) {
        std::error_code error;
        std::filesystem::directory_iterator tasks(proc(all[i]) / "task", error);
        for (; !error && tasks != std::filesystem::directory_iterator(); tasks.increment(error)) {
            std::ifstream children(tasks->path() / "children");
            for (pid_t child = 0; children >> child;) all.push_back(child);
        }
    }
    return all;
}

}  // namespace

std::chrono::nanoseconds ServerUsage::cpu() const {
    std::chrono::nanoseconds total{0};
    for (const pid_t process : family(server_)) {
        clockid_t clock{};
        timespec time{};
        if (clock_getcpuclockid(process, &clock) == 0 && clock_gettime(clock, &time) == 0)
            total += std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
    }
    return total;
}

std::uint64_t ServerUsage::peak_kib() const {
    std::uint64_t total = 0;
    for (const pid_t process : family(server_)) {
        std::ifstream status(proc(process) / "status");
        for (std::string line; std::getline(status, line);)
            if (line.starts_with("VmHWM:")) total += std::stoull(line.substr(6));
    }
    return total;
}

void ServerUsage::forget_peak() const {
    for (const pid_t process : family(server_)) std::ofstream(proc(process) / "clear_refs") << "5";
}

}  // namespace bench
