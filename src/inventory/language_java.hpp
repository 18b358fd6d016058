// Java archives: jar, war, ear and par, with the archives inside them.
#pragma once

#include "inventory/file_reader.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace berth::inventory {

// For one file with everything inside it.
struct JavaLimits {
    std::size_t depth = 4;                                  // archives in archives; the file itself is the first
    std::uint64_t entries = 200'000;                        // of all archives together
    std::uint64_t unpacked_bytes = std::uint64_t{1} << 30;  // of all archives together
    std::uint64_t nested_bytes = std::uint64_t{128} << 20;  // one archive inside another, which is held in memory
};

[[nodiscard]] bool is_java_archive(const FileInfo& file);

// Every pom.properties in an archive is a package: shaded archives have many. Without one, or where they are all of
// others, the manifest and the file's name are asked and the answer is guessed; without its group, a package is named
// by its artifact alone. Fault: the file itself is no archive.
// Packages come with their path, the names of the archives joined by "!/"; problems begin with it.
[[nodiscard]] Result<FileFacts> open_java_archive(const FileContent& content, const JavaLimits& limits);
[[nodiscard]] Result<FileFacts> read_java_archive(const FileContent& content);

}  // namespace berth::inventory
