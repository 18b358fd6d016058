// Sets of paths as 64-bit hashes: a layer of a million files is remembered in 8 MB, and asked about a path and all the
// folders above it in one pass over its letters. Two paths with one hash are as likely as 1 to 2^64 for each pair.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

namespace berth::inventory {

// FNV-1a, which can be taken on from any prefix.
class PathHash {
public:
    void add(char c) { value_ = (value_ ^ static_cast<unsigned char>(c)) * 0x100000001b3U; }
    [[nodiscard]] std::uint64_t value() const { return value_; }

    static std::uint64_t of(std::string_view path) {
        PathHash hash;
        for (const char c : path) hash.add(c);
        return hash.value();
    }

private:
    std::uint64_t value_ = 0xcbf29ce484222325U;
};

class PathHashes {
public:
    // Any number of add(), then sort(), then contains().
    void add(std::string_view path) { hashes_.push_back(PathHash::of(path)); }
    void sort() {
        std::ranges::sort(hashes_);
        const auto rest = std::ranges::unique(hashes_);
        hashes_.erase(rest.begin(), rest.end());
    }
    [[nodiscard]] bool contains(std::uint64_t hash) const { return std::ranges::binary_search(hashes_, hash); }

    [[nodiscard]] const std::vector<std::uint64_t>& sorted() const { return hashes_; }
    static PathHashes from(std::vector<std::uint64_t> hashes) {
        PathHashes set;
        set.hashes_ = std::move(hashes);
        set.sort();
        return set;
    }
    friend bool operator==(const PathHashes&, const PathHashes&) = default;

private:
    std::vector<std::uint64_t> hashes_;
};

}  // namespace berth::inventory
