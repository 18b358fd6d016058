#include "client/part_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include <cerrno>
#include <fstream>

namespace berth::client {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t longest_etag = 512;
constexpr mode_t usual_mode = 0644;

std::unexpected<Fault> failed(const char* step, const fs::path& path) {
    const auto kind = errno == ENOSPC || errno == EDQUOT ? FaultKind::storage_full : FaultKind::unavailable;
    return fail(kind,
                "cannot " + std::string(step) + " " + path.string() + ": " + std::generic_category().message(errno));
}

bool sync_folder(const fs::path& folder) {
    const int descriptor = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return false;
    const bool synced = ::fsync(descriptor) == 0;
    ::close(descriptor);
    return synced;
}

}  // namespace

PartFile::PartFile(const fs::path& file)
    : file_(file), part_(fs::path(file).concat(".part")), etag_file_(fs::path(part_).concat(".etag")) {
    std::error_code error;
    const auto size = fs::file_size(part_, error);
    std::ifstream noted(etag_file_, std::ios::binary);
    if (error || !noted || !std::getline(noted, etag_) || etag_.size() > longest_etag) {
        etag_.clear();
        return;
    }
    bytes_ = size;
}

PartFile::~PartFile() {
    close();
}

void PartFile::close() {
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = -1;
}

void PartFile::discard() {
    close();
    std::error_code ignored;
    fs::remove(etag_file_, ignored);
    fs::remove(part_, ignored);
    etag_.clear();
    bytes_ = 0;
}

Result<void> PartFile::open(int flags) {
    close();
    descriptor_ = ::open(part_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | flags, usual_mode);
    if (descriptor_ < 0) return failed("write", part_);
    return {};
}

// The note goes before the old bytes and comes before the new ones: it never stands beside another thing's bytes.
Result<void> PartFile::begin(std::string_view etag) {
    discard();
    if (auto opened = open(O_TRUNC); !opened) return opened;
    const bool strong = etag.starts_with('"') && etag.size() <= longest_etag;
    if (!strong) return {};
    std::ofstream note(etag_file_, std::ios::binary | std::ios::trunc);
    note << etag << '\n';
    if (!note.flush()) return failed("write", etag_file_);
    etag_ = etag;
    return {};
}

Result<void> PartFile::resume() {
    return open(O_APPEND);
}

Result<void> PartFile::append(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto written = ::write(descriptor_, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return failed("write", part_);
        bytes_ += static_cast<std::uint64_t>(written);
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

Result<void> PartFile::finish() {
    if (::fsync(descriptor_) != 0) return failed("sync", part_);
    close();
    if (std::rename(part_.c_str(), file_.c_str()) != 0) return failed("rename", part_);
    std::error_code ignored;
    fs::remove(etag_file_, ignored);
    if (!sync_folder(file_.parent_path())) return failed("sync the folder of", file_);
    return {};
}

}  // namespace berth::client
