// Where the vulnerability database of a server is, and who brings it up to date.
#pragma once

#include <chrono>
#include <string>

namespace berth::app {

struct DatabaseOptions {
    std::string folder;                            // empty: DATA/vulndb
    std::chrono::milliseconds poll{5'000};         // how often a newer database is looked for
    std::chrono::milliseconds update_interval{0};  // zero: the server fetches nothing
    std::string feeds;                             // file for `berth vulndb update --feeds`; empty: the public feeds
    std::string proxy;
};

}  // namespace berth::app
