// The vulnerability database that scans start with: the newest generation of a folder. A newer one takes its place when
// it is looked for; who has the older one keeps it.
#pragma once

#include "base/result.hpp"
#include "vulndb/sqlite_database.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>

namespace berth::scanning {

// Thread-safe.
class DatabaseHolder {
public:
    using Generation = std::shared_ptr<const vulndb::SqliteDatabase>;

    // `folder`: as `berth vulndb import --db` takes it. Nothing is opened yet. `cache_bytes`: of each generation.
    explicit DatabaseHolder(std::filesystem::path folder, std::size_t cache_bytes = 0)
        : folder_(std::move(folder)), cache_bytes_(cache_bytes) {}

    // Null: there is none that can be read, and look() said why.
    [[nodiscard]] Generation current() const;

    // Opens what is new in the folder; true: current() is another generation from now on. Blocks; cheap when nothing
    // has changed. A fault (of a file that cannot be read) leaves the present one in place and comes back every time.
    Result<bool> look();

    // The generation of that name: the current one, the one before, or what the folder keeps as its previous database;
    // null where it is none of these. Blocks.
    [[nodiscard]] Generation find(std::string_view generation) const;

    [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

private:
    // Tells one file from the next under the same name.
    struct Stamp {
        std::uint64_t device = 0;
        std::uint64_t file = 0;
        std::int64_t changed_at = 0;

        friend bool operator==(const Stamp&, const Stamp&) = default;
    };
    // All zero: there is no file.
    [[nodiscard]] Stamp stamp() const;

    const std::filesystem::path folder_;
    const std::size_t cache_bytes_;
    mutable std::mutex mutex_;  // held for moments only
    std::mutex looking_;
    Stamp seen_;
    Generation current_;
    Generation before_;
};

}  // namespace berth::scanning
