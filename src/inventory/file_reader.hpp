// The seam between the walk over a layer and the readers of single files: which files a reader wants to see, and what
// packages it finds in one. A reader is pure: no I/O, no state, the same answer for the same bytes.
#pragma once

#include "base/result.hpp"
#include "inventory/package.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace berth::inventory {

// A regular file as its archive entry describes it, before any of its bytes are seen.
struct FileInfo {
    std::string_view path;   // normal form: no leading slash, no empty, "." or ".." component
    std::uint64_t size = 0;  // bytes
    std::uint32_t mode = 0;  // permission bits; 0111 for an executable

    [[nodiscard]] std::string_view name() const { return path.substr(path.rfind('/') + 1); }
    [[nodiscard]] bool executable() const { return (mode & 0111U) != 0; }
};

struct FileContent {
    FileInfo file;
    std::span<const std::byte> bytes;
    // The bytes are no whole file, but begin at the reader's marker in one that is over its limit.
    bool excerpt = false;

    [[nodiscard]] std::string_view text() const { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
};

enum class Scope : std::uint8_t {
    anywhere,
    // Only where a folder is scanned that may be a source tree. In images, lock files tell what somebody meant to
    // install; what is installed stands in other files.
    source_tree,
};

// One row of the table of readers. Several readers may want the same file; each gets it.
struct FileReader {
    std::string_view name;  // for problems: "npm", "go binary"
    Scope scope = Scope::anywhere;
    // By name, size and mode alone. Asked for every regular file of every layer, so it must be quick.
    bool (*wants)(const FileInfo&) = nullptr;
    // By the first bytes (up to `first_bytes` of them): spares buffering what cannot be of use. Null: takes all.
    bool (*recognises)(std::span<const std::byte>) = nullptr;
    // Larger files are not read whole. With a marker they are searched for it, and `excerpt_bytes` from there on are
    // handed over; without, they are named as a problem.
    std::uint64_t max_bytes = 0;
    std::string_view marker = {};
    std::size_t excerpt_bytes = 0;
    // What the file says. The walk sets path (where empty) and layer of each package; a reader that looks into nested
    // archives sets the path itself ("app.war!/WEB-INF/lib/x.jar"). Fault: not what it claims to be; its message
    // becomes a problem of the inventory, which is then partial. A file that is well formed and of no interest gives
    // no packages.
    Result<std::vector<Package>> (*read)(const FileContent&) = nullptr;

    static constexpr std::size_t first_bytes = 16;
};

// All readers of language packages (language_readers.cpp): one row each.
[[nodiscard]] std::span<const FileReader> language_readers();

}  // namespace berth::inventory
