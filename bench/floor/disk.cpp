#include "disk.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace bench::floor {

Disk::Disk(unsigned threads) {
    for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
}

Disk::~Disk() {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
}

void Disk::submit(Job job) {
    {
        const std::scoped_lock lock(mutex_);
        waiting_.push_back(std::move(job));
    }
    changed_.notify_one();
}

void Disk::run() {
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
        if (waiting_.empty()) return;
        Job job = std::move(waiting_.front());
        waiting_.pop_front();
        lock.unlock();
        job();
        job = {};  // what it holds goes back without the lock
        lock.lock();
    }
}

BlobFile::~BlobFile() {
    if (file_ >= 0) ::close(file_);
}

void BlobFile::write(Buffer buffer, std::size_t size) {
    const std::uint64_t offset = std::exchange(size_, size_ + size);
    {
        const std::scoped_lock lock(mutex_);
        ++on_their_way_;
    }
    disk_.submit([self = shared_from_this(), buffer = std::move(buffer), size, offset]() mutable {
        self->write_piece(buffer.get(), size, offset);
        buffer.reset();
        Job resume;
        std::unique_lock lock(self->mutex_);
        --self->on_their_way_;
        resume.swap(self->resume_);
        const bool last = self->on_their_way_ == 0 && self->done_;
        lock.unlock();
        if (resume) resume();
        if (last) self->close_and_sync();
    });
}

bool BlobFile::is_busy(Job& resume) {
    const std::scoped_lock lock(mutex_);
    if (on_their_way_ < most_on_their_way) return false;
    resume_ = std::move(resume);
    return true;
}

void BlobFile::finish(std::move_only_function<void(bool)> done) {
    const std::scoped_lock lock(mutex_);
    done_ = std::move(done);
    if (on_their_way_ == 0) disk_.submit([self = shared_from_this()] { self->close_and_sync(); });
}

void BlobFile::write_piece(const std::byte* bytes, std::size_t size, std::uint64_t offset) {
    bool written = open_and_reserve(offset + size);
    const std::size_t whole = size - size % buffer_alignment;
    if (written && whole > 0)
        written = ::pwrite(file_, bytes, whole, static_cast<off_t>(offset)) == static_cast<ssize_t>(whole);
    if (written && whole < size) written = write_tail(bytes + whole, size - whole, offset + whole);
    if (written) return;
    const std::scoped_lock lock(mutex_);
    failed_ = true;
}

// The space is taken in large steps and belongs to the file at once: no write has to make it longer.
bool BlobFile::open_and_reserve(std::uint64_t end) {
    constexpr std::uint64_t step = 16UL * 1024 * 1024;
    const std::scoped_lock lock(mutex_);
    if (file_ < 0) file_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_DIRECT | O_CLOEXEC, 0600);
    if (end <= reserved_) return file_ >= 0;
    const std::uint64_t wanted = std::max(expected_, end + (expected_ == 0 ? step : 0));
    if (::fallocate(file_, 0, static_cast<off_t>(reserved_), static_cast<off_t>(wanted - reserved_)) != 0) return false;
    reserved_ = wanted;
    return true;
}

// Less than a block cannot go past the page cache. It is the end of the file: no other piece is written after it.
bool BlobFile::write_tail(const std::byte* bytes, std::size_t size, std::uint64_t offset) {
    const int buffered = ::open(path_.c_str(), O_WRONLY | O_CLOEXEC);
    if (buffered < 0) return false;
    const bool written = ::pwrite(buffered, bytes, size, static_cast<off_t>(offset)) == static_cast<ssize_t>(size);
    ::close(buffered);
    return written;
}

void BlobFile::close_and_sync() {
    bool good = !failed_ && file_ >= 0;
    if (good && reserved_ > size_) good = ::ftruncate(file_, static_cast<off_t>(size_)) == 0;
    if (good) good = ::fdatasync(file_) == 0;
    done_(good);
}

}  // namespace bench::floor
