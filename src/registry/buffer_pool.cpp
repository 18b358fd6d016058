#include "registry/buffer_pool.hpp"

#include <cstdlib>
#include <new>
#include <utility>

namespace berth::registry {

namespace {

std::byte* allocate(std::size_t size) {
    auto* bytes = static_cast<std::byte*>(std::aligned_alloc(BufferPool::alignment, size));
    if (bytes == nullptr) throw std::bad_alloc();
    return bytes;
}

}  // namespace

BufferPool::BufferPool(std::size_t limit) : limit_(limit) {}

BufferPool::~BufferPool() {
    for (auto* bytes : free_) std::free(bytes);
}

void BufferPool::Return::operator()(std::byte* bytes) const {
    if (size != large) return std::free(bytes);
    const std::scoped_lock lock(pool->mutex_);
    pool->free_.push_back(bytes);
}

BufferPool::Buffer BufferPool::take(std::size_t wanted) {
    if (wanted > small) {
        const std::scoped_lock lock(mutex_);
        std::byte* bytes = nullptr;
        if (!free_.empty()) {
            bytes = free_.back();
            free_.pop_back();
        } else if (allocated_ + large <= limit_) {
            bytes = allocate(large);
            allocated_ += large;
        }
        if (bytes != nullptr) return {std::unique_ptr<std::byte, Return>(bytes, Return{this, large}), large};
    }
    return {std::unique_ptr<std::byte, Return>(allocate(small), Return{this, small}), small};
}

}  // namespace berth::registry
