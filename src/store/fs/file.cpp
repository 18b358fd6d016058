#include "store/fs/file.hpp"

#include "base/log.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

namespace berth::store::fs {

namespace {

constexpr mode_t private_file = S_IRUSR | S_IWUSR;

FaultKind kind_of(int error) {
    switch (error) {
        case ENOSPC:
        case EDQUOT:
            return FaultKind::storage_full;
        case ENOENT:
            return FaultKind::blob_not_found;
        default:
            return FaultKind::unavailable;
    }
}

}  // namespace

File::~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

Fault io_fault(const char* step, const std::filesystem::path& path, int error) {
    const auto reason = std::generic_category().message(error);
    const auto kind = kind_of(error);
    if (kind != FaultKind::blob_not_found) {
        log::error("blob storage failed", {{"step", step}, {"path", path.string()}, {"reason", reason}});
    }
    return {.kind = kind,
            .message = kind == FaultKind::storage_full     ? "the storage is full"
                       : kind == FaultKind::blob_not_found ? "the blob's bytes are not in the storage"
                                                           : "the storage does not work: " + reason};
}

Result<File> open_file(const std::filesystem::path& path, int flags) {
    const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC, private_file);
    if (descriptor < 0) return std::unexpected(io_fault("open", path, errno));
    return File(descriptor);
}

Result<std::uint64_t> size_of(const File& file, const std::filesystem::path& path) {
    struct stat status{};
    if (::fstat(file.descriptor(), &status) != 0) return std::unexpected(io_fault("stat", path, errno));
    if (!S_ISREG(status.st_mode)) return std::unexpected(io_fault("open", path, EISDIR));
    return static_cast<std::uint64_t>(status.st_size);
}

Result<void> write_at(const File& file, const std::filesystem::path& path, std::uint64_t offset,
                      std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const auto written = ::pwrite(file.descriptor(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return std::unexpected(io_fault("write", path, written == 0 ? EIO : errno));
        bytes = bytes.subspan(static_cast<std::size_t>(written));
        offset += static_cast<std::uint64_t>(written);
    }
    return {};
}

Result<std::size_t> read_at(const File& file, const std::filesystem::path& path, std::uint64_t offset,
                            std::span<std::byte> out) {
    std::size_t total = 0;
    while (total < out.size()) {
        const auto rest = out.subspan(total);
        const auto got = ::pread(file.descriptor(), rest.data(), rest.size(), static_cast<off_t>(offset + total));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return std::unexpected(io_fault("read", path, errno));
        if (got == 0) break;
        total += static_cast<std::size_t>(got);
    }
    return total;
}

}  // namespace berth::store::fs
