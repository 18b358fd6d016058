#include "vulndb/publish.hpp"

#include "base/size.hpp"
#include "vulndb/import.hpp"

#include <sys/file.h>
#include <system_error>

#include <array>
#include <cerrno>

namespace berth::vulndb {

namespace {

namespace fs = std::filesystem;

std::unexpected<Fault> failed(const fs::path& file) {
    const int code = errno;
    const auto kind = code == ENOSPC || code == EDQUOT ? FaultKind::storage_full : FaultKind::unavailable;
    return fail(kind, file.string() + ": " + std::generic_category().message(code));
}

Result<void> sync(const fs::path& file, int flags) {
    const auto descriptor = Descriptor::open(file, flags);
    if (!descriptor.is_open() || ::fsync(descriptor.number()) != 0) return failed(file);
    return {};
}

Result<void> write_all(const Descriptor& to, std::span<const std::byte> bytes, const fs::path& file) {
    while (!bytes.empty()) {
        const auto written = ::write(to.number(), bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return failed(file);
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return {};
}

}  // namespace

fs::path database_file(const fs::path& folder) {
    return folder / "vulndb.sqlite";
}

fs::path previous_database_file(const fs::path& folder) {
    return folder / "vulndb.previous.sqlite";
}

Result<Descriptor> lock_folder(const fs::path& folder) {
    std::error_code error;
    fs::create_directories(folder, error);
    const auto file = folder / "vulndb.lock";
    auto lock = Descriptor::open(file, O_RDWR | O_CREAT);
    if (!lock.is_open()) return failed(file);
    if (::flock(lock.number(), LOCK_EX | LOCK_NB) != 0)
        return fail(FaultKind::unavailable, "another import into " + folder.string() + " is running");
    return lock;
}

Result<void> write_file(const fs::path& file, archive::Source& content) {
    const auto to = Descriptor::open(file, O_WRONLY | O_CREAT | O_TRUNC);
    if (!to.is_open()) return failed(file);
    std::array<std::byte, 64_KiB> piece{};
    for (;;) {
        const auto got = content.read(piece);
        if (!got) return std::unexpected(got.error());
        if (*got == 0) break;
        if (auto written = write_all(to, std::span(piece).first(*got), file); !written) return written;
    }
    if (::fsync(to.number()) != 0) return failed(file);
    return {};
}

Result<void> publish(const fs::path& folder, const fs::path& next) {
    const auto current = database_file(folder);
    const auto previous = previous_database_file(folder);
    if (auto synced = sync(next, O_RDWR); !synced) return synced;
    std::error_code error;
    if (fs::exists(current)) {
        fs::remove(previous, error);
        // A second name, so that the first is never without a file.
        if (::link(current.c_str(), previous.c_str()) != 0) return failed(previous);
    }
    if (::rename(next.c_str(), current.c_str()) != 0) return failed(current);
    return sync(folder, O_RDONLY | O_DIRECTORY);
}

}  // namespace berth::vulndb
