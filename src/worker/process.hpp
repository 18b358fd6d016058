// A worker process as the server holds it: a socket to talk over, and an end for every way it can go wrong.
#pragma once

#include "base/result.hpp"
#include "worker/frames.hpp"

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

namespace berth::worker {

using Deadline = std::chrono::steady_clock::time_point;

// What is started. It gets an empty environment, the socket as descriptors 0 and 1, and nothing to complain to.
struct Program {
    std::string path;
    std::vector<std::string> arguments;  // after the program's own name
};

struct Answer {
    AnswerHead head;
    std::string payload;
};

// All functions block, until the deadline at most; for one thread at a time, but for kill(). Faults: deadline;
// internal: it died, or said what no worker says, and the message tells which. After a fault it is of no more use.
class Process {
public:
    [[nodiscard]] static Result<std::unique_ptr<Process>> start(const Program& program);
    ~Process();  // kills it
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    // interrupted: it answers already, or is dead; receive() knows.
    enum class Sent : bool { interrupted, all };
    [[nodiscard]] Result<Sent> send(std::span<const std::byte> bytes, Deadline deadline);
    // Of an inventory no more than `most_bytes`.
    [[nodiscard]] Result<Answer> receive(std::uint64_t most_bytes, Deadline deadline);

    // Processor time it has used since this was last asked, or since it was started.
    [[nodiscard]] std::chrono::nanoseconds worked();

    // From any thread. Whoever talks to it sees it dead.
    void kill();
    // Waiting for a request, as it should?
    [[nodiscard]] bool is_idle() const;

    // How many layers it has read; the pool counts.
    std::size_t served = 0;

private:
    Process(pid_t process, int socket) : process_(process), socket_(socket) {}

    [[nodiscard]] Result<void> receive_exactly(std::span<std::byte> into, Deadline deadline);
    // Why it is no longer there; kills it where it is.
    [[nodiscard]] std::unexpected<Fault> died();

    std::chrono::nanoseconds worked_before_{0};
    std::mutex mutex_;  // a number that was waited for may be another process's
    pid_t process_;
    int socket_;
};

}  // namespace berth::worker
