#include "log.hpp"

#include <fcntl.h>
#include <limits.h>
#include <system_error>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace bench::floor {
namespace {

constexpr std::uint64_t log_bytes = 32UL * 1024 * 1024;
constexpr std::uint64_t page = 4096;

[[noreturn]] void fail(const std::string& what) {
    throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

Log::Log(const std::string& path) : file_(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    if (file_ < 0) fail("open " + path);
    const std::vector<std::byte> zeros(1024UL * 1024);
    for (std::uint64_t at = 0; at < log_bytes; at += zeros.size())
        if (::pwrite(file_, zeros.data(), zeros.size(), static_cast<off_t>(at)) < 0) fail("write " + path);
    if (::fsync(file_) != 0) fail("sync " + path);
}

Log::~Log() {
    ::close(file_);
}

void Log::add(std::span<const std::byte> bytes) {
    pieces_.push_back({.iov_base = const_cast<std::byte*>(bytes.data()), .iov_len = bytes.size()});
    added_ += bytes.size();
}

void Log::commit() {
    if (at_ + added_ > log_bytes) at_ = 0;
    std::span<iovec> left(pieces_);
    for (; !left.empty(); left = left.subspan(std::min<std::size_t>(left.size(), IOV_MAX)))
        write(left.first(std::min<std::size_t>(left.size(), IOV_MAX)));
    if (::fdatasync(file_) != 0) fail("sync");
    at_ = (at_ + page - 1) / page * page;  // a page that is on its way to the disk is not written to again
    pieces_.clear();
    added_ = 0;
}

void Log::write(std::span<iovec> pieces) {
    while (!pieces.empty()) {
        const ssize_t written =
            ::pwritev(file_, pieces.data(), static_cast<int>(pieces.size()), static_cast<off_t>(at_));
        if (written < 0) fail("write");
        at_ += static_cast<std::uint64_t>(written);
        auto count = static_cast<std::size_t>(written);
        while (!pieces.empty() && count >= pieces.front().iov_len) {
            count -= pieces.front().iov_len;
            pieces = pieces.subspan(1);
        }
        if (pieces.empty()) return;
        pieces.front().iov_base = static_cast<std::byte*>(pieces.front().iov_base) + count;
        pieces.front().iov_len -= count;
    }
}

}  // namespace bench::floor
