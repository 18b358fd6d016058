// Page-aligned buffers for blobs in transit, from a fixed amount of memory.
#pragma once

#include "base/size.hpp"

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

namespace berth::registry {

// Thread-safe. Outlives its buffers.
class BufferPool {
public:
    static constexpr std::size_t large = 1_MiB;
    static constexpr std::size_t small = 64_KiB;
    static constexpr std::size_t alignment = 4096;

    // At most `limit` bytes in large buffers; when they are all out, callers get small ones.
    explicit BufferPool(std::size_t limit);
    BufferPool(const BufferPool&) = delete;
    BufferPool& operator=(const BufferPool&) = delete;

    struct Return {
        BufferPool* pool;
        std::size_t size;
        void operator()(std::byte* bytes) const;
    };

    // One buffer; its size is large or small. Goes back when destroyed.
    class Buffer {
    public:
        Buffer() : bytes_(nullptr, Return{nullptr, 0}) {}
        Buffer(std::unique_ptr<std::byte, Return> bytes, std::size_t size) : bytes_(std::move(bytes)), size_(size) {}
        [[nodiscard]] std::span<std::byte> span() const { return {bytes_.get(), size_}; }
        [[nodiscard]] explicit operator bool() const { return bytes_ != nullptr; }

    private:
        std::unique_ptr<std::byte, Return> bytes_;
        std::size_t size_ = 0;
    };

    [[nodiscard]] Buffer take(std::size_t wanted);

private:
    // Two large ones: for direct I/O and for the network the kernel then looks one page up where it looked up 512.
    static constexpr std::size_t huge_page = 2 * large;

    struct Free {
        void operator()(std::byte* bytes) const { std::free(bytes); }
    };
    using Block = std::unique_ptr<std::byte, Free>;

    [[nodiscard]] static Block allocate(std::size_t size, std::size_t aligned_to);
    void add_large();

    const std::size_t limit_;
    std::mutex mutex_;
    std::size_t allocated_ = 0;
    std::vector<Block> blocks_;
    std::vector<std::byte*> free_;
};

}  // namespace berth::registry
