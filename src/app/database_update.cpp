#include "app/database_update.hpp"

#include <spawn.h>
#include <sys/wait.h>
#include <system_error>

#include <array>
#include <cerrno>
#include <csignal>

namespace berth::app {

namespace {

class SpawnAttributes {
public:
    SpawnAttributes() {
        sigset_t none;
        sigemptyset(&none);
        ::posix_spawnattr_init(&attributes_);
        ::posix_spawnattr_setsigmask(&attributes_, &none);  // the server's threads block those that end it
        ::posix_spawnattr_setpgroup(&attributes_, 0);       // a group of its own, which ends as a whole
        ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
    }
    ~SpawnAttributes() { ::posix_spawnattr_destroy(&attributes_); }
    SpawnAttributes(const SpawnAttributes&) = delete;
    SpawnAttributes& operator=(const SpawnAttributes&) = delete;

    [[nodiscard]] const posix_spawnattr_t* get() const { return &attributes_; }

private:
    posix_spawnattr_t attributes_{};
};

// Waits for its end without reaping it.
void await_end(pid_t process) {
    siginfo_t ended{};
    while (::waitid(P_PID, static_cast<id_t>(process), &ended, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
    }
}

}  // namespace

Result<void> DatabaseUpdate::start() {
    auto words = arguments_;
    words.insert(words.begin(), "berth");
    std::vector<char*> argv;
    argv.reserve(words.size() + 1);
    for (auto& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    std::array<char*, 1> environment{};
    const SpawnAttributes attributes;
    const int error =
        ::posix_spawn(&process_, "/proc/self/exe", nullptr, attributes.get(), argv.data(), environment.data());
    if (error == 0) return {};
    process_ = -1;
    return fail(FaultKind::unavailable, "cannot start the update: " + std::generic_category().message(error));
}

Result<jobs::Outcome> DatabaseUpdate::run() {
    pid_t process = -1;
    {
        const std::scoped_lock lock(mutex_);
        if (stopped_) return jobs::Outcome::later;
        if (auto started = start(); !started) return fail(std::move(started));
        process = process_;
    }
    await_end(process);
    const std::scoped_lock lock(mutex_);
    int status = 0;
    ::waitpid(process, &status, 0);
    process_ = -1;
    if (stopped_) return jobs::Outcome::later;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return jobs::Outcome::done;
    return fail(FaultKind::unavailable, "the update of the vulnerability database failed; its output says why");
}

void DatabaseUpdate::stop() {
    const std::scoped_lock lock(mutex_);
    stopped_ = true;
    if (process_ > 0) ::kill(-process_, SIGKILL);
}

}  // namespace berth::app
