// Takes a body in: pieces are hashed and written while the next one arrives.
//
//   receive k+1  ─┐
//   hash    k     ├─ at the same time; then all three are waited for
//   write   k    ─┘
//
// So never more than two pieces of an upload are in memory, and a slow disk slows the client down.
#pragma once

#include "async/byte_source.hpp"
#include "async/task.hpp"
#include "base/result.hpp"
#include "registry/buffer_pool.hpp"
#include "registry/hasher.hpp"
#include "registry/services.hpp"
#include "store/blob_store.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace berth::registry {

// The bytes of one upload so far: in memory while they fit into the metadata, else in the blob store.
struct UploadContent {
    explicit UploadContent(model::DigestAlgorithm algorithm) : hasher(algorithm) {}

    Hasher hasher;
    std::string small;                          // everything, while there is no writer
    std::unique_ptr<store::BlobWriter> writer;  // everything, once there is one
    std::atomic<std::uint64_t> size{0};         // may be read by other threads while bytes arrive
    // The store failed in the middle: hash and bytes may be of different content, and only the stores know what is
    // there. Nothing may be appended to this or published from it.
    bool lost = false;
};

// One body into one upload. Lives in the request's frame.
class Ingest {
public:
    // `expected_size` is the whole blob's, where that is known.
    Ingest(Services& services, UploadContent& content, std::string key, std::optional<std::uint64_t> expected_size)
        : services_(services), content_(content), key_(std::move(key)), expected_size_(expected_size) {}

    // To the end of `source`. When the source breaks off, what came before is part of the content and the source's
    // Fault is the result; when the store fails, the content is worth nothing any more.
    Task<Result<void>> take(ByteSource& source);

private:
    struct Piece {
        BufferPool::Buffer buffer;
        std::size_t size = 0;
        bool last = false;
        std::optional<Fault> broken;  // how the source ended, when it did not end well
        [[nodiscard]] std::span<const std::byte> bytes() const { return buffer.span().first(size); }
    };

    [[nodiscard]] bool stays_small(std::size_t more) const;
    Task<Result<void>> take_small(ByteSource& source, std::size_t length);
    Task<Piece> receive(ByteSource& source);
    Task<Result<void>> keep(const Piece& piece);
    Task<Result<void>> start_writer();
    Task<Result<void>> append(std::span<const std::byte> bytes);

    Services& services_;
    UploadContent& content_;
    std::string key_;
    std::optional<std::uint64_t> expected_size_;
};

}  // namespace berth::registry
