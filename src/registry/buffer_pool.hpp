// Page-aligned buffers for blobs in transit, from a fixed amount of memory.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

namespace berth::registry {

// Thread-safe. Outlives its buffers.
class BufferPool {
public:
    static constexpr std::size_t large = 1024 * 1024;
    static constexpr std::size_t small = 64 * 1024;
    static constexpr std::size_t alignment = 4096;

    // At most `limit` bytes in large buffers; when they are all out, callers get small ones.
    explicit BufferPool(std::size_t limit);
    ~BufferPool();
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
    const std::size_t limit_;
    std::mutex mutex_;
    std::size_t allocated_ = 0;
    std::vector<std::byte*> free_;
};

}  // namespace berth::registry
