#include "registry/hash_pool.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace berth::registry {

namespace asio = boost::asio;

HashPool::HashPool(unsigned threads) {
    for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
}

HashPool::~HashPool() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    for (auto& thread : threads_) thread.join();
}

Task<void> HashPool::hash(Hasher& hasher, std::span<const std::byte> piece) {
    if (piece.size() < worth_handing_over) {
        hasher.update(piece);
        co_return;
    }
    const auto back = co_await asio::this_coro::executor;
    auto enqueue = [&](auto handler) {
        auto done = [handler = std::move(handler), guard = asio::make_work_guard(back)]() mutable {
            asio::post(guard.get_executor(), std::move(handler));
        };
        {
            const std::scoped_lock lock(mutex_);
            waiting_.push_back({.hasher = &hasher, .bytes = piece, .done = std::move(done)});
        }
        changed_.notify_one();
    };
    co_await asio::async_initiate<decltype(asio::use_awaitable), void()>(enqueue, asio::use_awaitable);
}

std::vector<HashPool::Piece> HashPool::next() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !waiting_.empty() || stopping_; });
    std::vector<Piece> taken;
    while (!waiting_.empty() && taken.size() < 2) {
        taken.push_back(std::move(waiting_.front()));
        waiting_.pop_front();
    }
    return taken;
}

void HashPool::run() {
    for (;;) {
        auto pieces = next();
        if (pieces.empty()) return;
        auto& first = pieces.front();
        if (pieces.size() == 2) {
            Hasher::update_two(*first.hasher, first.bytes, *pieces.back().hasher, pieces.back().bytes);
        } else {
            first.hasher->update(first.bytes);
        }
        for (auto& piece : pieces) piece.done();
    }
}

}  // namespace berth::registry
