// Where a key's file is: ROOT/<two hex digits of the key's hash>/<key>. The 256 folders are there from the start, so a
// push never makes one.
#pragma once

#include "base/result.hpp"
#include "store/fs/file.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <string>
#include <string_view>

namespace berth::store::fs {

// Thread-safe.
class Layout {
public:
    static constexpr std::size_t folders = 256;

    // Makes what is missing and syncs it. Throws std::system_error when it cannot. `keep_free`: bytes of the file
    // system that blobs leave to others.
    explicit Layout(std::filesystem::path root, std::uint64_t keep_free = 0);

    // Keys are this program's own UUIDs; anything else is a bug and throws std::logic_error.
    [[nodiscard]] std::filesystem::path path_of(std::string_view key) const;

    // Of what lies in one of the folders but is no blob of its key: `FOLDER/FILE`. Anything else throws likewise.
    [[nodiscard]] std::filesystem::path path_of_stray(std::string_view name) const;
    // The key of a blob in its folder, or the stray's name.
    [[nodiscard]] std::string name_of(std::size_t folder, const std::string& file) const;

    // A point in the life of the key's folder; everything created in it before is older.
    struct Moment {
        std::size_t folder = 0;
        std::uint64_t number = 0;
    };
    [[nodiscard]] Moment now(std::string_view key);
    // Blocks until the folder was synced at or after that moment. One sync serves all who wait for it. A sync that
    // failed has failed for every moment before it, for good: the next one would succeed without what it lost.
    [[nodiscard]] Result<void> sync(Moment moment);

    // May blobs take `bytes` more?
    [[nodiscard]] bool has_room(std::uint64_t bytes) const;

    [[nodiscard]] const std::filesystem::path& root() const { return root_; }
    [[nodiscard]] std::filesystem::path folder(std::size_t number) const;
    // Where files go that must not be served. Nothing makes it before it is needed.
    [[nodiscard]] std::filesystem::path quarantine() const { return root_ / "quarantine"; }

private:
    struct Folder {
        File handle;
        std::mutex moments;
        std::uint64_t asked = 0;   // moments handed out
        std::mutex syncing;        // held during the sync itself
        std::uint64_t synced = 0;  // every moment up to this one is on the disk; under `syncing`
        std::uint64_t lost = 0;    // every moment up to this one counts as lost; likewise
    };

    std::filesystem::path root_;
    std::uint64_t keep_free_;
    std::array<Folder, folders> folders_;
};

}  // namespace berth::store::fs
