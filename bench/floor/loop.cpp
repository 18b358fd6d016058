#include "loop.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

namespace bench::floor {
namespace {

void add(int epoll, int descriptor, void* tag) {
    epoll_event event{.events = EPOLLIN, .data = {.ptr = tag}};
    ::epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event);
}

}  // namespace

Loop::Loop(Server& server, const std::string& log_path, std::chrono::microseconds polling)
    : server_(server),
      log_(log_path),
      polling_(polling),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      bell_(::eventfd(0, EFD_NONBLOCK)) {
    add(epoll_, bell_, &bell_);
}

Loop::~Loop() {
    ::close(epoll_);
    ::close(bell_);
}

void Loop::accept_for(int listener, std::vector<std::unique_ptr<Loop>>& loops) {
    listener_ = listener;
    all_ = &loops;
    add(epoll_, listener_, &listener_);
}

void Loop::run() {
    std::array<epoll_event, 64> events{};
    while (!stopping_.load(std::memory_order_relaxed)) {
        const int count = wait(events);
        for (int i = 0; i < count; ++i) {
            void* tag = events[static_cast<std::size_t>(i)].data.ptr;
            if (tag == &bell_) {
                run_posted();
            } else if (tag == &listener_) {
                accept_all();
            } else {
                static_cast<Connection*>(tag)->ready();
            }
        }
        hash_all();
        while (!uncommitted_.empty()) {
            commit_all();
            hash_all();
        }
        forgotten_.clear();
    }
}

int Loop::wait(std::span<epoll_event> events) {
    const auto size = static_cast<int>(events.size());
    if (polling_.count() > 0) {
        const auto until = std::chrono::steady_clock::now() + polling_;
        do {
            if (const int count = ::epoll_wait(epoll_, events.data(), size, 0); count != 0) return count;
        } while (std::chrono::steady_clock::now() < until);
    }
    return ::epoll_wait(epoll_, events.data(), size, -1);
}

void Loop::post(Job job) {
    {
        const std::scoped_lock lock(mutex_);
        posted_.push_back(std::move(job));
        if (posted_.size() > 1) return;  // whoever was first has rung
    }
    const std::uint64_t one = 1;
    static_cast<void>(!::write(bell_, &one, sizeof one));
}

void Loop::stop() {
    stopping_ = true;
    post([] {});
}

void Loop::run_posted() {
    std::uint64_t rung = 0;
    static_cast<void>(!::read(bell_, &rung, sizeof rung));
    std::vector<Job> jobs;
    {
        const std::scoped_lock lock(mutex_);
        jobs.swap(posted_);
    }
    for (Job& job : jobs) job();
}

void Loop::accept_all() {
    for (;;) {
        const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (socket < 0) return;
        const int one = 1;
        ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        Loop& loop = *(*all_)[next_++ % all_->size()];
        loop.post([&loop, socket] { loop.adopt(socket); });
    }
}

void Loop::adopt(int socket) {
    auto connection = std::make_shared<Connection>(*this, server_, socket);
    watch(*connection, EPOLLIN, true);
    Connection* key = connection.get();
    connections_.emplace(key, std::move(connection));
}

void Loop::watch(Connection& connection, std::uint32_t events, bool first) {
    epoll_event event{.events = events, .data = {.ptr = &connection}};
    ::epoll_ctl(epoll_, first ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, connection.socket(), &event);
}

void Loop::forget(Connection& connection) {
    std::erase(unhashed_, &connection);
    std::erase(uncommitted_, &connection);
    const auto found = connections_.find(&connection);
    if (found == connections_.end()) return;
    forgotten_.push_back(std::move(found->second));
    connections_.erase(found);
}

void Loop::hash_later(Connection& connection) {
    if (std::ranges::find(unhashed_, &connection) == unhashed_.end()) unhashed_.push_back(&connection);
}

void Loop::hash_all() {
    while (unhashed_.size() >= 2) hash_first_two();
    while (unhashed_.size() == 1 && (bodies_ == 1 || unhashed_.front()->must_be_hashed())) {
        Upload& upload = unhashed_.front()->upload();
        upload.hash().update(upload.unhashed());
        upload.hashed(upload.unhashed().size());
        settle_hashed();
    }
}

// As much as both have.
void Loop::hash_first_two() {
    Upload& one = unhashed_[0]->upload();
    Upload& other = unhashed_[1]->upload();
    const std::size_t bytes = std::min(one.unhashed().size(), other.unhashed().size());
    berth::Sha256::update_two(one.hash(), one.unhashed().first(bytes), other.hash(), other.unhashed().first(bytes));
    one.hashed(bytes);
    other.hashed(bytes);
    settle_hashed();
}

// Whose bytes are all hashed goes on, and may come back with more.
void Loop::settle_hashed() {
    std::vector<Connection*> done;
    std::erase_if(unhashed_, [&](Connection* connection) {
        if (!connection->upload().unhashed().empty()) return false;
        done.push_back(connection);
        return true;
    });
    for (Connection* connection : done) connection->hashed();
}

void Loop::commit_later(Connection& connection, std::span<const std::byte> bytes) {
    log_.add(bytes);
    uncommitted_.push_back(&connection);
}

void Loop::commit_all() {
    log_.commit();
    for (Connection* connection : std::exchange(uncommitted_, {})) connection->committed();
}

}  // namespace bench::floor
