#include "worker/process.hpp"

#include "worker/layer_worker.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <optional>
#include <thread>
#include <utility>

namespace berth::worker {
namespace {

using namespace std::chrono_literals;

std::unexpected<Fault> cannot_start(int error) {
    return fail(FaultKind::unavailable,
                "the process that reads layers cannot be started: " + std::generic_category().message(error));
}

std::unexpected<Fault> too_late() {
    return fail(FaultKind::deadline, "reading the layers takes longer than is allowed");
}

std::unexpected<Fault> lied() {
    return fail(FaultKind::internal, "the process that read the layer gave an answer that makes no sense");
}

// File actions and attributes of posix_spawn, which must be destroyed.
class Spawning {
public:
    Spawning() {
        ::posix_spawn_file_actions_init(&actions_);
        ::posix_spawnattr_init(&attributes_);
    }
    ~Spawning() {
        ::posix_spawn_file_actions_destroy(&actions_);
        ::posix_spawnattr_destroy(&attributes_);
    }
    Spawning(const Spawning&) = delete;
    Spawning& operator=(const Spawning&) = delete;

    int spawn(const Program& program, int socket, pid_t& process) {
        ::posix_spawn_file_actions_adddup2(&actions_, socket, 0);
        ::posix_spawn_file_actions_adddup2(&actions_, socket, 1);
        ::posix_spawn_file_actions_addopen(&actions_, 2, "/dev/null", O_WRONLY, 0);
        // The server's threads block signals that must end this process.
        sigset_t none;
        sigset_t all;
        sigemptyset(&none);
        sigfillset(&all);
        ::posix_spawnattr_setsigmask(&attributes_, &none);
        ::posix_spawnattr_setsigdefault(&attributes_, &all);
        // A group of its own: a terminal's Ctrl-C is for the server, which ends its workers itself.
        ::posix_spawnattr_setpgroup(&attributes_, 0);
        ::posix_spawnattr_setflags(&attributes_,
                                   POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
        std::vector<std::string> words{program.path};
        words.insert(words.end(), program.arguments.begin(), program.arguments.end());
        std::vector<char*> argv;
        argv.reserve(words.size() + 1);
        for (auto& word : words) argv.push_back(word.data());
        argv.push_back(nullptr);
        std::array<char*, 1> environment{};
        return ::posix_spawn(&process, program.path.c_str(), &actions_, &attributes_, argv.data(), environment.data());
    }

private:
    posix_spawn_file_actions_t actions_{};
    posix_spawnattr_t attributes_{};
};

// What poll() saw; nothing when the deadline came first.
std::optional<short> wait_for(int socket, short events, Deadline deadline) {
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
        if (left <= 0ms) return std::nullopt;
        pollfd entry{.fd = socket, .events = events, .revents = 0};
        const int ready = ::poll(&entry, 1, static_cast<int>(std::min<std::int64_t>(left.count(), 1'000'000)));
        if (ready > 0) return entry.revents;
    }
}

std::string name_of_signal(int signal) {
    const char* name = ::sigdescr_np(signal);
    return name != nullptr ? name : std::to_string(signal);
}

std::string how_it_ended(int status) {
    if (WIFSIGNALED(status)) {
        switch (WTERMSIG(status)) {
            case SIGSYS:
                return "tried what it must not (a forbidden system call) and was ended";
            case SIGXCPU:
                return "used more processor time than is allowed and was ended";
            case SIGKILL:
                return "was killed; the system may be short of memory";
            default:
                return "was ended by a signal: " + name_of_signal(WTERMSIG(status));
        }
    }
    return "ended without an answer (exit code " + std::to_string(WEXITSTATUS(status)) + ")";
}

}  // namespace

Result<std::unique_ptr<Process>> Process::start(const Program& program) {
    std::array<int, 2> sockets{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets.data()) != 0) return cannot_start(errno);
    const auto [ours, theirs] = sockets;
    // As much as the system allows, so that reading blobs and unpacking them overlap.
    constexpr int buffer = static_cast<int>(largest_piece);
    static_cast<void>(::setsockopt(ours, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer));
    pid_t process = -1;
    const int error = Spawning().spawn(program, theirs, process);
    ::close(theirs);
    if (error != 0) {
        ::close(ours);
        return cannot_start(error);
    }
    return std::unique_ptr<Process>(new Process(process, ours));
}

Process::~Process() {
    kill();
    if (process_ > 0) ::waitpid(process_, nullptr, 0);
    ::close(socket_);
}

void Process::kill() {
    const std::scoped_lock lock(mutex_);
    if (process_ > 0) ::kill(process_, SIGKILL);
}

std::chrono::nanoseconds Process::worked() {
    clockid_t clock{};
    timespec used{};
    if (::clock_getcpuclockid(process_, &clock) != 0 || ::clock_gettime(clock, &used) != 0) return 0ns;  // it is gone
    const auto before = std::exchange(worked_before_, std::chrono::seconds(used.tv_sec) + 1ns * used.tv_nsec);
    return worked_before_ - before;
}

bool Process::is_idle() const {
    pollfd entry{.fd = socket_, .events = POLLIN, .revents = 0};
    return ::poll(&entry, 1, 0) == 0;
}

Result<Process::Sent> Process::send(std::span<const std::byte> bytes, Deadline deadline) {
    while (!bytes.empty()) {
        const auto seen = wait_for(socket_, POLLIN | POLLOUT, deadline);
        if (!seen) return too_late();
        if ((*seen & ~POLLOUT) != 0) return Sent::interrupted;
        const auto put = ::send(socket_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (put < 0 && (errno == EAGAIN || errno == EINTR)) continue;
        if (put < 0) return Sent::interrupted;
        bytes = bytes.subspan(static_cast<std::size_t>(put));
    }
    return Sent::all;
}

Result<void> Process::receive_exactly(std::span<std::byte> into, Deadline deadline) {
    while (!into.empty()) {
        if (!wait_for(socket_, POLLIN, deadline)) return too_late();
        const auto got = ::recv(socket_, into.data(), into.size(), MSG_DONTWAIT);
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
        if (got <= 0) return died();
        into = into.subspan(static_cast<std::size_t>(got));
    }
    return {};
}

Result<Answer> Process::receive(std::uint64_t most_bytes, Deadline deadline) {
    std::array<std::byte, AnswerHead::bytes> bytes{};
    if (auto got = receive_exactly(bytes, deadline); !got) return fail(std::move(got));
    const auto head = decode_answer(bytes);
    if (!head || head->size > most_bytes) return lied();
    Answer answer{.head = *head, .payload = {}};
    // Memory is taken for what came, not for what is promised.
    while (answer.payload.size() < head->size) {
        const auto start = answer.payload.size();
        answer.payload.resize(start + std::min<std::uint64_t>(largest_piece, head->size - start));
        auto got = receive_exactly(std::as_writable_bytes(std::span(answer.payload)).subspan(start), deadline);
        if (!got) return fail(std::move(got));
    }
    return answer;
}

std::unexpected<Fault> Process::died() {
    int status = 0;
    pid_t ended = 0;
    // It closed its end, so it is about to be gone; what only pretends to is not waited for.
    for (int i = 0; i < 100 && ended == 0; ++i) {
        {
            const std::scoped_lock lock(mutex_);
            ended = ::waitpid(process_, &status, WNOHANG);
            if (ended != 0) process_ = -1;
        }
        if (ended == 0) std::this_thread::sleep_for(10ms);
    }
    if (ended <= 0) return lied();
    if (WIFEXITED(status) && WEXITSTATUS(status) == not_confined) {
        return fail(FaultKind::unavailable,
                    "layers cannot be read: the system does not let the process for it be confined (seccomp, limits)");
    }
    const auto kind = WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU ? FaultKind::deadline : FaultKind::internal;
    return fail(kind, "the process that read the layer " + how_it_ended(status));
}

}  // namespace berth::worker
