// Where the operating system's own records lie, and who reads them: the counterpart of the table of language readers.
#pragma once

#include "inventory/file_facts.hpp"
#include "inventory/file_reader.hpp"

#include <span>
#include <string_view>

namespace berth::inventory {

struct SystemFile {
    std::string_view name;
    bool (*is)(std::string_view path) = nullptr;
    std::uint64_t max_bytes = 0;
    Result<FileFacts> (*read)(const FileContent&) = nullptr;
    bool lists_packages = false;
};

// The reader of a path, or null. A path within another root (a chroot inside the image) is one, too.
[[nodiscard]] const SystemFile* system_file(std::string_view path);

// rpmdb.sqlite and its log, which are read together.
[[nodiscard]] bool is_rpm_sqlite(std::string_view path);
[[nodiscard]] bool is_rpm_sqlite_log(std::string_view path);
// Any of the files that list the system's packages.
[[nodiscard]] bool is_package_database(std::string_view path);
inline constexpr std::uint64_t max_database_bytes = std::uint64_t{256} << 20;

// A folder or symlink of that name decides where system files are found.
[[nodiscard]] bool is_way_to_system_file(std::string_view path);

// The root that a database's path lies in: "" or "chroot/".
[[nodiscard]] std::string_view root_of_database(std::string_view path);
// Which of the files that name the distribution, the first that is there holds; paths as given.
[[nodiscard]] std::span<const std::string_view> distribution_files();
inline constexpr std::string_view apk_repositories_file = "etc/apk/repositories";

}  // namespace berth::inventory
