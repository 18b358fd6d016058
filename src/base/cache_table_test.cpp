#include "base/cache_table.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace berth {
namespace {

using Table = CacheTable<std::string>;

Table::Pointer text(const std::string& value) {
    return std::make_shared<const std::string>(value);
}

TEST(CacheTable, FindsWhatWasPutUntilItIsDropped) {
    Table table(1 << 20);
    const CacheKey key{7, "latest"};
    EXPECT_EQ(table.find(key), nullptr);
    table.put(table.ticket(key), key, text("a"), 10);
    ASSERT_NE(table.find(key), nullptr);
    EXPECT_EQ(*table.find(key), "a");
    EXPECT_EQ(table.find({8, "latest"}), nullptr);
    table.drop(key);
    EXPECT_EQ(table.find(key), nullptr);
}

TEST(CacheTable, KeepsNothingThatWasReadBeforeADrop) {
    Table table(1 << 20);
    const CacheKey key{7, "latest"};
    const auto ticket = table.ticket(key);
    table.drop(key);  // a writer committed between the reader's ticket and its put
    table.put(ticket, key, text("stale"), 10);
    EXPECT_EQ(table.find(key), nullptr);
}

TEST(CacheTable, StaysWithinItsBudgetAndKeepsWhatIsUsed) {
    Table table(std::size_t{32} * 2 * 1000);  // a thousand units for each generation of each shard
    const CacheKey used{1, "used"};
    table.put(table.ticket(used), used, text("used"), 100);
    int kept = 0;
    for (int i = 0; i < 20'000; ++i) {
        const auto name = "key-" + std::to_string(i);
        const CacheKey key{2, name};
        table.put(table.ticket(key), key, text(name), 100);
        ASSERT_NE(table.find(used), nullptr) << i;
    }
    for (int i = 0; i < 20'000; ++i) {
        const auto name = "key-" + std::to_string(i);
        kept += table.find({2, name}) != nullptr ? 1 : 0;
    }
    EXPECT_LE(kept, 32 * 2 * 11);
    EXPECT_GT(kept, 32 * 5);
}

TEST(CacheTable, RefusesWhatIsLargerThanAShard) {
    Table table(64 * 100);
    const CacheKey key{1, "big"};
    table.put(table.ticket(key), key, text("x"), 101);
    EXPECT_EQ(table.find(key), nullptr);
}

// One writer counts up and drops after each step; no reader may ever see a value older than one it knows to be
// acknowledged.
TEST(CacheTable, NeverShowsWhatAnAcknowledgedWriteReplaced) {
    Table table(1 << 20);
    const CacheKey key{1, "tag"};
    std::atomic<int> store{0};
    std::atomic<int> acknowledged{0};
    std::atomic<bool> stop{false};
    std::atomic<int> stale{0};
    std::vector<std::thread> readers;
    for (int i = 0; i < 3; ++i) {
        readers.emplace_back([&] {
            while (!stop) {
                const int at_least = acknowledged;
                auto value = table.find(key);
                if (!value) {
                    const auto ticket = table.ticket(key);
                    value = text(std::to_string(store));
                    table.put(ticket, key, value, 10);
                }
                if (std::stoi(*value) < at_least) ++stale;
            }
        });
    }
    for (int i = 1; i <= 20'000; ++i) {
        store = i;
        table.drop(key);
        acknowledged = i;
    }
    stop = true;
    for (auto& reader : readers) reader.join();
    EXPECT_EQ(stale, 0);
}

}  // namespace
}  // namespace berth
