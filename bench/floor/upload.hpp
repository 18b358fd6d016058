// The bytes of one upload: received into a buffer, hashed there, and written from there.
#pragma once

#include "base/sha256.hpp"
#include "buffers.hpp"
#include "disk.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace bench::floor {

constexpr std::size_t small_blob = 64UL * 1024;  // up to here a blob goes to the log and needs no file

class Upload {
public:
    // `path` is for the file, should it need one.
    Upload(Disk& disk, std::string path) : disk_(disk), path_(std::move(path)) {}

    void expect(std::uint64_t bytes) { expected_ = bytes; }  // before the first of them
    // Where the next bytes go; empty only while the buffer is full and not hashed.
    std::span<std::byte> room();
    void received(std::size_t bytes) { filled_ += bytes; }
    std::span<const std::byte> unhashed() const { return {buffer_.get() + hashed_, filled_ - hashed_}; }
    berth::Sha256& hash() { return hash_; }
    void hashed(std::size_t bytes) { hashed_ += bytes; }
    bool is_full() const { return filled_ == buffer_bytes; }
    // A full buffer, all of it hashed, goes to the file.
    void write_if_full();
    // The rest as well, when it is no small blob.
    void end();

    bool is_small() const { return !file_; }
    std::span<const std::byte> small() const { return {buffer_.get(), filled_}; }
    const std::shared_ptr<BlobFile>& file() const { return file_; }
    std::uint64_t size() const { return hash_.size(); }
    std::string digest() const;  // "sha256:..."

private:
    // So much is received at a time: it is still in the processor's cache when it is hashed.
    static constexpr std::size_t step = 256UL * 1024;

    void write_out();

    Disk& disk_;
    std::string path_;
    std::uint64_t expected_ = 0;
    berth::Sha256 hash_;
    Buffer buffer_;
    std::size_t filled_ = 0;  // bytes of the buffer
    std::size_t hashed_ = 0;
    std::shared_ptr<BlobFile> file_;
};

}  // namespace bench::floor
