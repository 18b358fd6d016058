// Blobs as files of one folder.
#pragma once

#include "async/offload.hpp"
#include "store/blob_store.hpp"
#include "store/fs/layout.hpp"

#include <filesystem>
#include <memory>

namespace berth::store::fs {

enum class DirectIo : bool { off, where_possible };

// Thread-safe. `pool` outlives it and everything it hands out, and is joined before this is destroyed.
class FsBlobStore final : public BlobStore {
public:
    // Throws std::system_error when the folder cannot be made or used. Writes are storage_full when fewer than
    // `keep_free` bytes would be left: metadata on the same disk needs room to tell what may go.
    FsBlobStore(std::filesystem::path root, BlockingPool& pool, DirectIo direct, std::uint64_t keep_free = 0);

    Task<Result<std::unique_ptr<BlobWriter>>> create(std::string key,
                                                     std::optional<std::uint64_t> expected_size) override;
    Task<Result<std::unique_ptr<BlobWriter>>> resume(std::string key) override;
    Task<Result<std::unique_ptr<BlobReader>>> open(std::string key) override;
    Task<Result<void>> remove(std::string key) override;
    // To ROOT/quarantine/NAME, the slash of a stray's name as a dash.
    Task<Result<void>> set_aside(std::string name) override;
    // A file that is no blob, or not in its key's folder, is FOLDER/FILE.
    Task<Result<std::vector<std::string>>> list_keys(std::string prefix) override;
    Task<Result<void>> check() override;

    // Does the file system take writes past the page cache?
    [[nodiscard]] bool direct() const { return direct_; }

private:
    std::shared_ptr<Layout> layout_;
    BlockingPool& pool_;
    bool direct_;
};

}  // namespace berth::store::fs
