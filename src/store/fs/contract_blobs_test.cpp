#include "base/size.hpp"
#include "store/fs/contract.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include <array>
#include <thread>

namespace berth::store::contract {
namespace {

constexpr std::size_t mib = 1_MiB;
constexpr std::array sizes = {
    std::size_t{0}, std::size_t{1}, std::size_t{4095}, std::size_t{4096}, std::size_t{4097}, std::size_t{mib - 1}, mib,
    mib + 1};

INSTANTIATE_TEST_SUITE_P(Store, BlobContract, ::testing::ValuesIn(variants()),
                         [](const auto& tested) { return tested.param; });

TEST_P(BlobContract, GivesBackWhatOneAppendTook) {
    int n = 10;
    for (const auto size : sizes) {
        for (const std::size_t shift : {0U, 1U, 512U}) {
            for (const auto expected : {std::optional<std::uint64_t>(), std::optional<std::uint64_t>(size)}) {
                const auto key = "00000000-0000-4000-8000-0000000000" + std::to_string(n++);
                const auto bytes = content(size);
                {
                    auto writer = create(key, expected);
                    EXPECT_EQ(writer->size(), 0);
                    append(*writer, bytes, shift);
                    EXPECT_EQ(writer->size(), size);
                    commit(*writer);
                }
                EXPECT_TRUE(read(key) == bytes) << size << " bytes, shifted by " << shift;
            }
        }
    }
}

TEST_P(BlobContract, HasAllBytesAfterAFlushAndGoesOn) {
    const auto bytes = content(3 * mib + 7);
    auto writer = create(key_);
    std::size_t at = 0;
    for (const auto size : sizes) {
        append(*writer, std::string_view(bytes).substr(at, size));
        at += size;
        flush(*writer);
        EXPECT_TRUE(read(key_) == bytes.substr(0, at)) << at;
    }
    flush(*writer);
    EXPECT_TRUE(read(key_) == bytes.substr(0, at));
}

TEST_P(BlobContract, ResumesWhereTheLastFlushWas) {
    for (const auto size : sizes) {
        const auto bytes = content(size + 5000, size + 1);
        {
            auto writer = create(key_);
            append(*writer, std::string_view(bytes).substr(0, size));
            flush(*writer);
        }
        store_ = &place_->reopen();
        {
            auto writer = resume(key_);
            ASSERT_EQ(writer->size(), size);
            append(*writer, std::string_view(bytes).substr(size), 3);
            commit(*writer);
        }
        EXPECT_TRUE(read(key_) == bytes) << size;
        ASSERT_TRUE(wait_for(store_->remove(key_)));
    }
}

// Random cuts, flushes and restarts; the blob is always what was appended.
TEST_P(BlobContract, TakesAnyCutsFlushesAndRestarts) {
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        std::mt19937_64 random(seed);
        const auto key = "00000000-0000-4000-8000-0000000001" + std::to_string(10 + seed);
        const auto bytes = content(random() % (2 * mib), seed);
        auto writer = create(key, random() % 2 == 0 ? std::optional<std::uint64_t>(bytes.size()) : std::nullopt);
        for (std::size_t at = 0; at < bytes.size();) {
            constexpr std::array<std::size_t, 6> steps = {1, 17, 4096, 5000, 65536, 700'000};
            const auto step = steps[random() % steps.size()];
            const auto count = std::min(bytes.size() - at, random() % 2 == 0 ? step : random() % step + 1);
            append(*writer, std::string_view(bytes).substr(at, count), random() % 3 == 0 ? random() % 4096 : 0);
            at += count;
            ASSERT_EQ(writer->size(), at);
            if (random() % 4 != 0) continue;
            flush(*writer);
            ASSERT_TRUE(read(key) == bytes.substr(0, at)) << "seed " << seed << " at " << at;
            if (random() % 3 != 0) continue;
            writer.reset();
            if (random() % 2 == 0) store_ = &place_->reopen();
            writer = resume(key);
            ASSERT_EQ(writer->size(), at) << "seed " << seed;
        }
        commit(*writer);
        writer.reset();
        ASSERT_TRUE(read(key) == bytes) << "seed " << seed;
    }
}

TEST_P(BlobContract, KeepsAtLeastWhatWasFlushedWhenTheWriterGoes) {
    const auto bytes = content(20'000);
    {
        auto writer = create(key_);
        append(*writer, std::string_view(bytes).substr(0, 5001));
        flush(*writer);
        append(*writer, std::string_view(bytes).substr(5001));
    }
    const auto kept = read(key_);
    EXPECT_GE(kept.size(), 5001);
    EXPECT_TRUE(bytes.starts_with(kept));
    EXPECT_EQ(resume(key_)->size(), kept.size());
}

TEST_P(BlobContract, CountsAnAbsentBlobAsAnEmptyOneWhenResuming) {
    auto writer = resume(key_);
    EXPECT_EQ(writer->size(), 0);
    append(*writer, "late");
    commit(*writer);
    EXPECT_EQ(read(key_), "late");
}

TEST_P(BlobContract, RefusesAKeyThatIsInUse) {
    const auto writer = create(key_);
    EXPECT_EQ(wait_for(store_->create(key_, std::nullopt)).error().kind, FaultKind::unavailable);
}

TEST_P(BlobContract, SaysThatABlobIsNotThere) {
    EXPECT_EQ(open_fault(key_), FaultKind::blob_not_found);
}

TEST_P(BlobContract, ReadsAnyPart) {
    const auto bytes = content(10'000);
    auto writer = create(key_);
    append(*writer, bytes);
    commit(*writer);
    auto reader = wait_for(store_->open(key_)).value();
    EXPECT_EQ(reader->size(), bytes.size());
    for (const std::size_t from : {0U, 1U, 4096U, 9'999U, 10'000U, 10'001U}) {
        for (const std::size_t length : {0U, 1U, 4096U, 20'000U}) {
            std::string out(length, '\0');
            const auto got = wait_for(reader->read_at(from, std::as_writable_bytes(std::span(out))));
            const auto expected = from < bytes.size() ? bytes.substr(from, length) : std::string();
            ASSERT_EQ(got, expected.size()) << from << " " << length;
            EXPECT_TRUE(out.starts_with(expected));
        }
    }
}

TEST_P(BlobContract, RemovesAndLetsOpenReadersReadOn) {
    const auto bytes = content(mib + 3);
    {
        auto writer = create(key_);
        append(*writer, bytes);
        commit(*writer);
    }
    auto reader = wait_for(store_->open(key_)).value();
    ASSERT_TRUE(wait_for(store_->remove(key_)));
    EXPECT_EQ(open_fault(key_), FaultKind::blob_not_found);
    EXPECT_TRUE(read(*reader) == bytes);
    EXPECT_TRUE(wait_for(store_->remove(key_))) << "removing what is not there succeeds";
}

TEST_P(BlobContract, ListsTheKeysThereAreAndNothingElse) {
    EXPECT_TRUE(wait_for(store_->check()));
    EXPECT_EQ(wait_for(store_->list_keys("")).value(), std::vector<std::string>{});
    commit(*create(other_key_));
    commit(*create(key_));
    const std::string third = "f0000000-0000-4000-8000-000000000001";
    commit(*create(third));
    EXPECT_TRUE(wait_for(store_->check()));
    EXPECT_EQ(wait_for(store_->list_keys("")).value(), (std::vector{key_, other_key_, third}));
    EXPECT_EQ(wait_for(store_->list_keys("f")).value(), std::vector{third});
    EXPECT_EQ(wait_for(store_->list_keys("7")).value(), std::vector<std::string>{});
}

TEST_P(BlobContract, WhatIsSetAsideIsThereNoLonger) {
    commit(*create(key_));
    commit(*create(other_key_));
    EXPECT_TRUE(wait_for(store_->set_aside(key_)));
    EXPECT_EQ(open_fault(key_), FaultKind::blob_not_found);
    EXPECT_EQ(wait_for(store_->list_keys("")).value(), std::vector{other_key_});
    EXPECT_EQ(wait_for(store_->set_aside(key_)).error().kind, FaultKind::blob_not_found);
    store_ = &place_->reopen();
    EXPECT_EQ(wait_for(store_->list_keys("")).value(), std::vector{other_key_});
}

TEST_P(BlobContract, WritesManyBlobsAtOnce) {
    boost::asio::io_context loop;
    constexpr int blobs = 24;
    const auto key_of = [](int n) { return "00000000-0000-4000-8000-0000000002" + std::to_string(10 + n); };
    const auto write = [&](int n) -> Task<void> {
        const auto bytes = content(100'000 + static_cast<std::size_t>(n) * 777, static_cast<std::uint64_t>(n));
        auto writer = co_await store_->create(key_of(n), bytes.size());
        EXPECT_TRUE(writer);
        for (std::size_t at = 0; at < bytes.size(); at += 30'001) {
            const Pages piece(std::string_view(bytes).substr(at, 30'001));
            const auto appended = co_await (*writer)->append(piece.span());
            EXPECT_TRUE(appended);
        }
        const auto committed = co_await (*writer)->commit();
        EXPECT_TRUE(committed);
    };
    for (int n = 0; n < blobs; ++n) boost::asio::co_spawn(loop, write(n), boost::asio::use_future);
    std::thread second([&] { loop.run(); });
    loop.run();
    second.join();
    for (int n = 0; n < blobs; ++n) {
        const auto bytes = content(100'000 + static_cast<std::size_t>(n) * 777, static_cast<std::uint64_t>(n));
        EXPECT_TRUE(read(key_of(n)) == bytes) << n;
    }
}

}  // namespace
}  // namespace berth::store::contract
