// The feeds that `berth vulndb update` fetches unless a list of one's own is given.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace berth::app {

struct PublicFeed {
    std::string_view name;
    std::string_view url;
    std::string_view licence;  // of the data, as its publisher states it
};

[[nodiscard]] std::span<const PublicFeed> public_feeds();

struct FeedAddress {
    std::string name;
    std::string url;
};

// A TOML file of [[feed]] tables with `name` and `url`. Throws UsageError.
[[nodiscard]] std::vector<FeedAddress> read_feed_list(const std::filesystem::path& file);

// The public feeds in the form that read_feed_list() takes.
[[nodiscard]] std::string public_feed_list();

}  // namespace berth::app
