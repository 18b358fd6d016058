#include "registry/read_cache.hpp"

#include <gtest/gtest.h>

namespace berth::registry {
namespace {

TEST(ReadCache, TheLongestPageOfTagsFitsIntoTheDefaultBudget) {
    ReadCache cache(std::size_t{24} << 20);
    const auto page = std::make_shared<const TagNames>(ReadCache::max_tag_page, std::string(128, 't'));
    const auto cost = sizeof(TagNames) + page->size() * (sizeof(std::string) + 128);
    cache.tag_pages.put(cache.tag_pages.ticket(key_of({}, "")), key_of({}, ""), page, cost);
    EXPECT_EQ(cache.tag_pages.find(key_of({}, "")), page);
}

}  // namespace
}  // namespace berth::registry
