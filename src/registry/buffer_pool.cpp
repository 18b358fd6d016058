#include "registry/buffer_pool.hpp"

#include <sys/mman.h>

#include <new>
#include <utility>

namespace berth::registry {

BufferPool::BufferPool(std::size_t limit) : limit_(limit) {}

void BufferPool::Return::operator()(std::byte* bytes) const {
    if (size != large) return std::free(bytes);
    const std::scoped_lock lock(pool->mutex_);
    pool->free_.push_back(bytes);
}

BufferPool::Block BufferPool::allocate(std::size_t size, std::size_t aligned_to) {
    Block block(static_cast<std::byte*>(std::aligned_alloc(aligned_to, size)));
    if (!block) throw std::bad_alloc();
    return block;
}

// Two in one huge page, or a last one alone, as far as the limit allows.
void BufferPool::add_large() {
    const bool two = allocated_ + huge_page <= limit_;
    if (!two && allocated_ + large > limit_) return;
    blocks_.push_back(allocate(two ? huge_page : large, two ? huge_page : alignment));
    auto* bytes = blocks_.back().get();
    if (two) {
        ::madvise(bytes, huge_page, MADV_HUGEPAGE);  // small pages do as well
        free_.push_back(bytes + large);
    }
    free_.push_back(bytes);
    allocated_ += two ? huge_page : large;
}

BufferPool::Buffer BufferPool::take(std::size_t wanted) {
    if (wanted > small) {
        const std::scoped_lock lock(mutex_);
        if (free_.empty()) add_large();
        if (!free_.empty()) {
            auto* bytes = free_.back();
            free_.pop_back();
            return {std::unique_ptr<std::byte, Return>(bytes, Return{this, large}), large};
        }
    }
    return {std::unique_ptr<std::byte, Return>(allocate(small, alignment).release(), Return{this, small}), small};
}

}  // namespace berth::registry
