#include "store/fs/file_writer.hpp"

#include "base/size.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>

namespace berth::store::fs {

namespace {

// Bytes that do not lie on a block boundary are copied in runs of this size.
constexpr std::size_t copy_run = 64 * FileWriter::block;
// A client may announce any length; no more than this is taken on its word.
constexpr std::uint64_t most_reserved = 1_GiB;

bool is_aligned(const std::byte* bytes) {
    return reinterpret_cast<std::uintptr_t>(bytes) % FileWriter::block == 0;
}

}  // namespace

FileWriter::FileWriter(File file, std::filesystem::path path, Mode mode, std::uint64_t size)
    : file_(std::move(file)), path_(std::move(path)), mode_(mode), size_(size) {}

Result<FileWriter> FileWriter::start(File file, std::filesystem::path path, Mode mode, std::uint64_t size) {
    FileWriter writer(std::move(file), std::move(path), mode, size);
    if (mode == Mode::direct && size % block != 0) {
        auto read = writer.read_tail();
        if (!read) return fail(std::move(read));
    }
    return writer;
}

FileWriter::Aligned& FileWriter::tail() {
    if (!tail_) {
        tail_.reset(static_cast<std::byte*>(std::aligned_alloc(block, copy_run)));
        if (!tail_) throw std::bad_alloc();
    }
    return tail_;
}

Result<void> FileWriter::read_tail() {
    const std::uint64_t start = size_ - size_ % block;
    auto got = read_at(file_, path_, start, {tail().get(), block});
    if (!got) return fail(std::move(got));
    if (*got != size_ % block) return std::unexpected(io_fault("read", path_, EIO));
    return {};
}

void FileWriter::reserve(std::uint64_t bytes) {
    known_size_ = true;
    bytes = std::min(bytes, most_reserved);
    if (bytes < reserve_step / 16) return;
    if (::fallocate(file_.descriptor(), FALLOC_FL_KEEP_SIZE, 0, static_cast<off_t>(bytes)) == 0) reserved_ = bytes;
}

Result<void> FileWriter::append(std::span<const std::byte> bytes) {
    if (!known_size_ && reserves_ahead_ && size_ >= reserve_step / 16 && !is_reserved(bytes.size())) {
        reserved_ = size_ + bytes.size() + reserve_step;
        static_cast<void>(::fallocate(file_.descriptor(), FALLOC_FL_KEEP_SIZE, static_cast<off_t>(size_),
                                      static_cast<off_t>(reserved_ - size_)));
    }
    if (mode_ == Mode::direct) return append_direct(bytes);
    auto written = write_at(file_, path_, size_, bytes);
    if (written) size_ += bytes.size();
    return written;
}

Result<void> FileWriter::append_direct(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const auto whole = bytes.size() - bytes.size() % block;
        if (size_ % block == 0 && is_aligned(bytes.data()) && whole > 0) {
            auto written = write_at(file_, path_, size_, bytes.first(whole));
            if (!written) return written;
            size_ += whole;
            bytes = bytes.subspan(whole);
            continue;
        }
        auto copied = append_copied(bytes);
        if (!copied) return copied;
    }
    return {};
}

// Behind the tail's bytes, then whole blocks out of the copy, and what is left is the new tail.
Result<void> FileWriter::append_copied(std::span<const std::byte>& bytes) {
    const auto held = static_cast<std::size_t>(size_ % block);
    const auto taken = std::min(copy_run - held, bytes.size());
    auto* copy = tail().get();
    std::memcpy(copy + held, bytes.data(), taken);
    const auto filled = held + taken;
    const auto whole = filled - filled % block;
    if (whole > 0) {
        auto written = write_at(file_, path_, size_ - held, {copy, whole});
        if (!written) return written;
        std::memmove(copy, copy + whole, filled - whole);
    }
    size_ += taken;
    tail_dirty_ = size_ % block != 0;
    bytes = bytes.subspan(taken);
    return {};
}

// The tail goes through the page cache, because only there may a write end inside a block: the file never has a byte
// more than was appended, not even when the process is killed between two calls.
Result<void> FileWriter::flush() {
    if (!tail_dirty_) return {};
    const auto held = static_cast<std::size_t>(size_ % block);
    const int flags = ::fcntl(file_.descriptor(), F_GETFL);
    if (flags < 0 || ::fcntl(file_.descriptor(), F_SETFL, flags & ~O_DIRECT) != 0) {
        return std::unexpected(io_fault("change", path_, errno));
    }
    auto written = write_at(file_, path_, size_ - held, {tail_.get(), held});
    if (!written) return written;
    if (::fcntl(file_.descriptor(), F_SETFL, flags) != 0) return std::unexpected(io_fault("change", path_, errno));
    tail_dirty_ = false;
    return {};
}

Result<void> FileWriter::sync() {
    auto flushed = flush();
    if (!flushed) return flushed;
    // What was reserved and not used goes back.
    if (reserved_ > size_ && ::ftruncate(file_.descriptor(), static_cast<off_t>(size_)) != 0) {
        return std::unexpected(io_fault("truncate", path_, errno));
    }
    if (::fdatasync(file_.descriptor()) != 0) return std::unexpected(io_fault("sync", path_, errno));
    return {};
}

}  // namespace berth::store::fs
