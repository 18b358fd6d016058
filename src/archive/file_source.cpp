#include "archive/file_source.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace berth::archive {

Result<std::shared_ptr<const OpenFile>> OpenFile::open(const std::filesystem::path& path) {
    // Non-blocking, so that a pipe in its place cannot hold us.
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) {
        const auto kind = errno == ENOENT || errno == ENOTDIR ? FaultKind::blob_not_found : FaultKind::internal;
        return fail(kind, path.string() + ": " + std::generic_category().message(errno));
    }
    struct ::stat status{};
    const bool known = ::fstat(descriptor, &status) == 0;
    auto file = std::make_shared<const OpenFile>(descriptor, known ? static_cast<std::uint64_t>(status.st_size) : 0);
    if (!known || !S_ISREG(status.st_mode)) return fail(FaultKind::invalid_parameter, path.string() + ": is no file");
    return file;
}

OpenFile::~OpenFile() {
    ::close(descriptor_);
}

Result<std::size_t> FileSource::read(std::span<std::byte> into) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), end_ - at_));
    if (wanted == 0) return 0;
    ssize_t got = 0;
    do {
        got = ::pread(file_->descriptor(), into.data(), wanted, static_cast<off_t>(at_));
    } while (got < 0 && errno == EINTR);
    if (got < 0) return fail(FaultKind::internal, "reading a file: " + std::generic_category().message(errno));
    at_ += static_cast<std::uint64_t>(got);
    return static_cast<std::size_t>(got);
}

// Behind a file that became shorter the next read says so.
Result<std::uint64_t> FileSource::skip(std::uint64_t bytes) {
    const auto passed = std::min(bytes, end_ - at_);
    at_ += passed;
    return passed;
}

}  // namespace berth::archive
