// What one file of a layer says about the image.
#pragma once

#include "base/result.hpp"
#include "inventory/package.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace berth::inventory {

// Files that a package of the operating system brought, as normal paths. Only those that may hold a language package
// are kept (may_hold_language_package).
struct OwnedFiles {
    std::string package;
    std::vector<std::string> paths;

    friend bool operator==(const OwnedFiles&, const OwnedFiles&) = default;
};

// `path` and `layer` of the packages are still empty where the file itself is the evidence.
struct FileFacts {
    std::vector<Package> packages;
    std::optional<Distribution> distribution;
    std::vector<OwnedFiles> owned;
    std::vector<std::string> problems;  // of parts that could not be read

    [[nodiscard]] bool empty() const { return packages.empty() && !distribution && owned.empty() && problems.empty(); }
    friend bool operator==(const FileFacts&, const FileFacts&) = default;
};

// About what it takes in memory.
[[nodiscard]] std::size_t weight_of(const FileFacts& facts);

// No database of packages is this large; one that says so is made to exhaust memory.
inline constexpr std::size_t max_packages_of_file = 200'000;
// Nor is any name or version this long.
inline constexpr std::size_t max_word_bytes = 4096;
// What is wrong further on is no longer said.
inline constexpr std::size_t max_problems_of_file = 10;

// Could the file be one that a reader of language packages looks at? Spares keeping the names of all manual pages.
[[nodiscard]] bool may_hold_language_package(std::string_view path);

[[nodiscard]] std::unexpected<Fault> too_many_packages();
void note(FileFacts& facts, std::string_view problem);

// Gathers the files of packages out of one database, inside bounds: a folder's name that is said once and meant a
// million times must not become a million long names.
class OwnedFilesOfDatabase {
public:
    explicit OwnedFilesOfDatabase(std::uint64_t database_bytes) : work_left_(16 * database_bytes + (1U << 20U)) {}

    void add(std::string_view package, std::string_view folder, std::string_view name);
    // The gathered files, and a problem where there were more.
    void move_to(FileFacts& facts);

private:
    std::vector<OwnedFiles> owned_;
    std::uint64_t work_left_;
    std::uint64_t kept_left_ = std::uint64_t{64} << 20U;
    bool exhausted_ = false;
};

}  // namespace berth::inventory
