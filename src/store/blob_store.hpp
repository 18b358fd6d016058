// Where large blobs' bytes live. Narrow on purpose: a folder stands behind it now, an object store later.
//
// A blob has an opaque key that is chosen when its upload starts and never changes; metadata says which digest is
// under which key. So nothing is renamed or copied when an upload completes, and nothing is ever listed to answer a
// call. Small blobs never come here: they are rows of the metadata (setting storage.inline_limit).
#pragma once

#include "async/byte_source.hpp"
#include "async/task.hpp"
#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace berth::store {

// Bytes of an upload, appended in order. One caller at a time. Destroying it keeps what was flushed.
class BlobWriter {
public:
    BlobWriter() = default;
    BlobWriter(const BlobWriter&) = delete;
    BlobWriter& operator=(const BlobWriter&) = delete;
    virtual ~BlobWriter() = default;

    // Bytes written so far.
    [[nodiscard]] virtual std::uint64_t size() const = 0;
    // Takes all of `piece`, which stays untouched and alive until the task is done. Pieces that start on a
    // 4096-byte boundary in memory and in the blob may go to the disk without being copied.
    virtual Task<Result<void>> append(std::span<const std::byte> piece) = 0;
    // What was appended survives the end of this process, and resume() will find it (a power cut may take it).
    virtual Task<Result<void>> flush() = 0;
    // Everything survives a power cut, the name as well as the bytes. Nothing may be appended afterwards.
    virtual Task<Result<void>> commit() = 0;
};

// An open blob. Reading is allowed from several tasks at once; the bytes stay readable while it lives, even when
// the blob is removed.
class BlobReader {
public:
    BlobReader() = default;
    BlobReader(const BlobReader&) = delete;
    BlobReader& operator=(const BlobReader&) = delete;
    virtual ~BlobReader() = default;

    [[nodiscard]] virtual std::uint64_t size() const = 0;
    // Fills `out` from `offset` on as far as the blob reaches; returns how much that was.
    virtual Task<Result<std::size_t>> read_at(std::uint64_t offset, std::span<std::byte> out) = 0;
    // A file descriptor whose content is exactly the blob, for sendfile; nullopt where there is none.
    [[nodiscard]] virtual std::optional<int> native_file() const { return std::nullopt; }
};

// Thread-safe. Faults: storage_full, unavailable (an I/O error; the log has the details), blob_not_found.
class BlobStore {
public:
    BlobStore() = default;
    BlobStore(const BlobStore&) = delete;
    BlobStore& operator=(const BlobStore&) = delete;
    virtual ~BlobStore() = default;

    // Starts an empty blob under a key that was never used. `expected_size` is a hint for allocation.
    virtual Task<Result<std::unique_ptr<BlobWriter>>> create(std::string key,
                                                             std::optional<std::uint64_t> expected_size) = 0;
    // Goes on where the last flush() ended; an absent key counts as an empty one.
    virtual Task<Result<std::unique_ptr<BlobWriter>>> resume(std::string key) = 0;
    virtual Task<Result<std::unique_ptr<BlobReader>>> open(std::string key) = 0;
    // Removing what is not there succeeds.
    virtual Task<Result<void>> remove(std::string key) = 0;
    // Moves what list_keys() lists to where nothing serves it and people find it under that name. blob_not_found.
    virtual Task<Result<void>> set_aside(std::string key) = 0;
    // For fsck: all keys, and what else lies there under names that are no key, by `prefix`. Not what was set aside.
    virtual Task<Result<std::vector<std::string>>> list_keys(std::string prefix) = 0;
    // Can it be written to right now? For /readyz.
    virtual Task<Result<void>> check() = 0;
};

}  // namespace berth::store
