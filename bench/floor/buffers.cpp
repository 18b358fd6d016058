#include "buffers.hpp"

#include <sys/mman.h>

#include <mutex>
#include <new>
#include <vector>

namespace bench::floor {
namespace {

struct Shelf {
    std::mutex mutex;
    std::vector<std::byte*> buffers;
};

Shelf& shelf() {
    static Shelf* const one = new Shelf;  // never destroyed: threads may give back until the very end
    return *one;
}

}  // namespace

void GiveBack::operator()(std::byte* buffer) const {
    const std::scoped_lock lock(shelf().mutex);
    shelf().buffers.push_back(buffer);
}

Buffer take_buffer() {
    {
        const std::scoped_lock lock(shelf().mutex);
        if (!shelf().buffers.empty()) {
            Buffer buffer(shelf().buffers.back());
            shelf().buffers.pop_back();
            return buffer;
        }
    }
    // Two in one huge page, whose parts the kernel need not look up one by one.
    constexpr std::size_t huge_page = 2 * buffer_bytes;
    auto* made = static_cast<std::byte*>(std::aligned_alloc(huge_page, huge_page));
    if (made == nullptr) throw std::bad_alloc();
    ::madvise(made, huge_page, MADV_HUGEPAGE);
    GiveBack()(made + buffer_bytes);
    return Buffer(made);
}

}  // namespace bench::floor
