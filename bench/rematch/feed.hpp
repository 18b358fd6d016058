// A feed of advisories in the shape of Debian's and npm's, in OSV's form. The same numbers make the same feed.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

namespace berth::bench {

inline constexpr std::size_t system_packages = 4000;    // with advisories: "source-0" ...
inline constexpr std::size_t language_packages = 5000;  // "module-0" ...
inline constexpr std::size_t rare_packages = 50;        // "rare-0" ..., which one image in a hundred has one of
inline constexpr std::size_t openssl_advisories = 40;

[[nodiscard]] std::string system_package(std::size_t number);
[[nodiscard]] std::string language_package(std::size_t number);
[[nodiscard]] std::string rare_package(std::size_t number);

// What is in it beside 50,000 advisories that stay as they are.
struct FeedState {
    std::size_t rare = 0;           // advisories, one each on a rare package; all images with it are affected
    std::size_t openssl = 20;       // advisories on openssl; all images are affected
    std::size_t openssl_fixed = 0;  // of them: those that a fix is known of
    std::size_t absent = 0;         // advisories on packages that no image has
};

void write_feed(const std::filesystem::path& file, const FeedState& state);

}  // namespace berth::bench
