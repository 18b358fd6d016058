// Files of large blobs, written past the page cache by threads that wait for the disk so that no loop has to.
#pragma once

#include "buffers.hpp"

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace bench::floor {

using Job = std::move_only_function<void()>;

class Disk {
public:
    explicit Disk(unsigned threads);
    Disk(const Disk&) = delete;
    Disk& operator=(const Disk&) = delete;
    ~Disk();  // when all jobs are done

    void submit(Job job);

private:
    void run();

    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Job> waiting_;
    bool stopping_ = false;
    std::vector<std::jthread> threads_;
};

// Held by its upload and by its jobs. Pieces come from one thread at a time, each but the last as long as a buffer.
class BlobFile : public std::enable_shared_from_this<BlobFile> {
public:
    // `expected` is how long it will be, 0 where that is not known.
    BlobFile(Disk& disk, std::string path, std::uint64_t expected)
        : disk_(disk), path_(std::move(path)), expected_(expected) {}
    BlobFile(const BlobFile&) = delete;
    BlobFile& operator=(const BlobFile&) = delete;
    ~BlobFile();

    const std::string& path() const { return path_; }
    void write(Buffer buffer, std::size_t size);
    // Whether enough pieces are on their way; `resume` is then called, by a thread of the disk, when one is written.
    bool is_busy(Job& resume);
    // Calls `done`, by a thread of the disk, when all is written and synced; false when something failed.
    void finish(std::move_only_function<void(bool)> done);

private:
    static constexpr std::size_t most_on_their_way = 3;

    void write_piece(const std::byte* bytes, std::size_t size, std::uint64_t offset);
    bool open_and_reserve(std::uint64_t end);
    bool write_tail(const std::byte* bytes, std::size_t size, std::uint64_t offset);
    void close_and_sync();

    Disk& disk_;
    const std::string path_;
    const std::uint64_t expected_;
    std::uint64_t size_ = 0;  // of what was handed in

    std::mutex mutex_;  // guards what follows
    int file_ = -1;
    std::uint64_t reserved_ = 0;
    std::size_t on_their_way_ = 0;
    bool failed_ = false;
    Job resume_;
    std::move_only_function<void(bool)> done_;
};

}  // namespace bench::floor
