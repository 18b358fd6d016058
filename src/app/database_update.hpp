// `berth vulndb update` as the server runs it: in a process of its own, so that parsing gigabytes of feeds neither
// takes the server's memory nor can break it.
#pragma once

#include "base/result.hpp"
#include "jobs/runner.hpp"

#include <sys/types.h>

#include <mutex>
#include <string>
#include <vector>

namespace berth::app {

// Thread-safe; one run at a time.
class DatabaseUpdate {
public:
    // The arguments behind the program's name.
    explicit DatabaseUpdate(std::vector<std::string> arguments) : arguments_(std::move(arguments)) {}
    DatabaseUpdate(const DatabaseUpdate&) = delete;
    DatabaseUpdate& operator=(const DatabaseUpdate&) = delete;

    // Blocks until the process has ended. `later`: it was stopped. Its output goes where the server's goes; an import
    // into a folder that somebody else imports into is `unavailable`.
    [[nodiscard]] Result<jobs::Outcome> run();

    // For the end of the server: kills the process that runs, and lets no other begin. What it had fetched stays, and
    // the next update goes on from there; an import that is broken off leaves the database as it was.
    void stop();

private:
    Result<void> start();

    const std::vector<std::string> arguments_;
    std::mutex mutex_;
    bool stopped_ = false;
    // -1: none. Reaped under the mutex, so that nobody kills a number that is another process's by then.
    pid_t process_ = -1;
};

}  // namespace berth::app
