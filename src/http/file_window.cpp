#include "http/file_window.hpp"

#include <sys/uio.h>
#include <system_error>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <utility>

namespace berth::http {

namespace {

// How many places of a window are asked for; the kernel reads ahead and evicts in larger runs than a window's quarter.
constexpr std::size_t probes = 4;

bool is_resident(int file, std::uint64_t offset) {
    char byte = 0;
    iovec piece{.iov_base = &byte, .iov_len = 1};
    return ::preadv2(file, &piece, 1, static_cast<off_t>(offset), RWF_NOWAIT) >= 0;
}

bool is_resident(int file, std::uint64_t offset, std::size_t length) {
    for (std::size_t i = 0; i < probes; ++i) {
        if (!is_resident(file, offset + length * i / probes)) return false;
    }
    return is_resident(file, offset + length - 1);
}

// Reading is the one way to be sure: read-ahead system calls return before the bytes are there.
bool read_into_cache(int file, std::uint64_t offset, std::size_t length) {
    std::array<std::byte, 65536> waste;  // NOLINT: never looked at
    while (length > 0) {
        const auto got = ::pread(file, waste.data(), std::min(length, waste.size()), static_cast<off_t>(offset));
        if (got <= 0) return false;
        offset += static_cast<std::uint64_t>(got);
        length -= static_cast<std::size_t>(got);
    }
    return true;
}

}  // namespace

Task<void> warm_window(BlockingPool& pool, std::shared_ptr<void> owner, int file, std::uint64_t offset,
                       std::size_t length) {
    if (length == 0 || is_resident(file, offset, length)) co_return;
    auto work = [owner = std::move(owner), file, offset, length] { return read_into_cache(file, offset, length); };
    co_await offload(pool, std::move(work));
}

Task<Result<std::size_t>> read_window(BlockingPool& pool, int file, std::uint64_t offset, std::span<std::byte> out) {
    iovec piece{.iov_base = out.data(), .iov_len = out.size()};
    auto got = ::preadv2(file, &piece, 1, static_cast<off_t>(offset), RWF_NOWAIT);
    int error = errno;
    if (got < 0) {
        auto work = [file, offset, out, &error] {
            const auto count = ::pread(file, out.data(), out.size(), static_cast<off_t>(offset));
            error = errno;
            return count;
        };
        got = co_await offload(pool, std::move(work));
    }
    if (got < 0) co_return fail(FaultKind::internal, std::generic_category().message(error));
    co_return static_cast<std::size_t>(got);
}

}  // namespace berth::http
