#include "registry/hash_pool.hpp"

#include "registry/buffer_pool.hpp"
#include "testing/bytes.hpp"
#include "testing/run.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace berth::registry {
namespace {

using testing::content;

TEST(HashPool, ManyAtOnceAreWhatEachIsAlone) {
    for (const unsigned threads : {1U, 3U}) {
        HashPool pool(threads);
        testing::run_at_once(3, 40, [&](std::size_t n) -> Task<void> {
            return [](HashPool& hashing, std::size_t number) -> Task<void> {
                const auto algorithm =
                    number % 5 == 0 ? model::DigestAlgorithm::sha512 : model::DigestAlgorithm::sha256;
                const auto bytes = content(200'000 + number * 31'337, number);
                Hasher hasher(algorithm);
                for (std::size_t at = 0; at < bytes.size();) {
                    const std::size_t step = at % 2 == 0 ? HashPool::worth_handing_over + number : 999;
                    const auto piece = std::string_view(bytes).substr(at, step);
                    co_await hashing.hash(hasher, std::as_bytes(std::span(piece.data(), piece.size())));
                    at += piece.size();
                }
                EXPECT_EQ(hasher.digest(), model::Digest::of(bytes, algorithm)) << number;
            }(pool, n);
        });
    }
}

TEST(BufferPool, GivesSmallOnesWhenTheLimitIsReached) {
    BufferPool pool(3 * BufferPool::large - 1);
    auto first = pool.take(BufferPool::large);
    auto second = pool.take(BufferPool::small + 1);
    auto third = pool.take(BufferPool::large);
    EXPECT_EQ(first.span().size(), BufferPool::large);
    EXPECT_EQ(second.span().size(), BufferPool::large);
    EXPECT_EQ(third.span().size(), BufferPool::small);
    EXPECT_EQ(pool.take(BufferPool::small).span().size(), BufferPool::small);
    const auto* released = first.span().data();
    first = {};
    auto fourth = pool.take(BufferPool::large);
    EXPECT_EQ(fourth.span().data(), released) << "what came back is used again";
    for (const auto* buffer : {&second, &third, &fourth}) {
        EXPECT_EQ(reinterpret_cast<std::uintptr_t>(buffer->span().data()) % BufferPool::alignment, 0);
    }
}

TEST(BufferPool, TwoLargeOnesShareAHugePageAndALastOneStandsAlone) {
    constexpr std::uintptr_t huge_page = 2 * BufferPool::large;
    BufferPool pool(3 * BufferPool::large);
    const auto first = pool.take(BufferPool::large);
    const auto second = pool.take(BufferPool::large);
    const auto third = pool.take(BufferPool::large);
    const auto page_of = [](const auto& buffer) {
        return reinterpret_cast<std::uintptr_t>(buffer.span().data()) / huge_page;
    };
    EXPECT_EQ(page_of(first), page_of(second));
    EXPECT_NE(first.span().data(), second.span().data());
    EXPECT_EQ(third.span().size(), BufferPool::large);
    EXPECT_NE(page_of(third), page_of(first));
    EXPECT_EQ(pool.take(BufferPool::large).span().size(), BufferPool::small) << "the limit counts both halves";
}

TEST(BufferPool, ManyThreadsNeverShareABuffer) {
    BufferPool pool(4 * BufferPool::large);
    std::vector<std::thread> threads;
    for (int t = 0; t < 6; ++t) {
        threads.emplace_back([&pool, t] {
            for (int i = 0; i < 200; ++i) {
                const auto buffer = pool.take(i % 2 == 0 ? BufferPool::large : 1);
                const auto mark = static_cast<std::byte>(t * 40 + i % 40);
                buffer.span().front() = mark;
                buffer.span().back() = mark;
                std::this_thread::yield();
                EXPECT_EQ(buffer.span().front(), mark);
                EXPECT_EQ(buffer.span().back(), mark);
            }
        });
    }
    for (auto& thread : threads) thread.join();
}

}  // namespace
}  // namespace berth::registry
