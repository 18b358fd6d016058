// One thread, one epoll, and the connections that stay on it.
//
// A round: everything that is ready receives or sends; then what was received is hashed, two uploads at a time, and
// the odd one waits for a partner while it can; then the log is synced once for all that wait for it.
#pragma once

#include "connection.hpp"
#include "disk.hpp"
#include "log.hpp"
#include "server.hpp"

#include <sys/epoll.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace bench::floor {

class Loop {
public:
    // Before it sleeps, a loop asks for so long whether something has come after all: waking up a core that sleeps
    // takes longer than most calls.
    Loop(Server& server, const std::string& log_path, std::chrono::microseconds polling);
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;
    ~Loop();

    // Accepts, and hands the connections to all loops in turn. Before run().
    void accept_for(int listener, std::vector<std::unique_ptr<Loop>>& loops);
    void run();  // until stop()

    // From any thread: `job` runs on the loop's.
    void post(Job job);
    void stop();

    // For its connections.
    void watch(Connection& connection, std::uint32_t events, bool first = false);
    void hash_later(Connection& connection);
    // How many connections are receiving bodies.
    void count_body(int more) { bodies_ += more; }
    void commit_later(Connection& connection, std::span<const std::byte> bytes);
    void forget(Connection& connection);
    bool is_crowded() const { return connections_.size() > 8; }

private:
    int wait(std::span<epoll_event> events);
    void adopt(int socket);
    void accept_all();
    void run_posted();
    void hash_all();
    void hash_first_two();
    void settle_hashed();
    void commit_all();

    Server& server_;
    Log log_;
    const std::chrono::microseconds polling_;
    int epoll_;
    int bell_;
    std::mutex mutex_;
    std::vector<Job> posted_;
    std::atomic<bool> stopping_{false};

    int listener_ = -1;
    std::vector<std::unique_ptr<Loop>>* all_ = nullptr;
    std::size_t next_ = 0;

    std::unordered_map<Connection*, std::shared_ptr<Connection>> connections_;
    std::vector<std::shared_ptr<Connection>> forgotten_;  // until the end of the round
    std::vector<Connection*> unhashed_;
    int bodies_ = 0;
    std::vector<Connection*> uncommitted_;
};

}  // namespace bench::floor
