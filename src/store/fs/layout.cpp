#include "store/fs/layout.hpp"

#include "model/names.hpp"

#include <fcntl.h>
#include <sys/statvfs.h>
#include <system_error>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>

namespace berth::store::fs {

namespace {

std::string folder_name(std::size_t number) {
    static constexpr std::string_view digits = "0123456789abcdef";
    return {digits[number / 16], digits[number % 16]};
}

// FNV-1a: spreads keys over folders; nobody outside chooses keys.
std::size_t folder_of(std::string_view key) {
    std::uint32_t hash = 2'166'136'261U;
    for (const char c : key) hash = (hash ^ static_cast<unsigned char>(c)) * 16'777'619U;
    return (hash ^ (hash >> 16)) % Layout::folders;
}

File open_folder(const std::filesystem::path& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) throw std::system_error(errno, std::generic_category(), path.string());
    return File(descriptor);
}

}  // namespace

Layout::Layout(std::filesystem::path root, std::uint64_t keep_free) : root_(std::move(root)), keep_free_(keep_free) {
    std::filesystem::create_directories(root_);
    bool made_any = false;
    for (std::size_t i = 0; i < folders; ++i) {
        const auto path = root_ / folder_name(i);
        made_any = std::filesystem::create_directory(path) || made_any;
        folders_[i].handle = open_folder(path);
    }
    if (made_any && ::fsync(open_folder(root_).descriptor()) != 0) {
        throw std::system_error(errno, std::generic_category(), root_.string());
    }
}

std::filesystem::path Layout::path_of(std::string_view key) const {
    if (!model::UploadId::parse(key)) throw std::logic_error("not a key of this store");
    return root_ / folder_name(folder_of(key)) / key;
}

std::filesystem::path Layout::path_of_stray(std::string_view name) const {
    const auto slash = name.find('/');
    const auto file = name.substr(std::min(name.size(), slash + 1));
    bool known = false;
    for (std::size_t i = 0; i < folders; ++i) known = known || folder_name(i) == name.substr(0, slash);
    if (slash == std::string_view::npos || !known || file.find('/') != std::string_view::npos || file.empty() ||
        file == "." || file == "..") {
        throw std::logic_error("not a name of this store");
    }
    return root_ / name;
}

std::string Layout::name_of(std::size_t folder, const std::string& file) const {
    if (model::UploadId::parse(file) && folder_of(file) == folder) return file;
    return folder_name(folder) + "/" + file;
}

std::filesystem::path Layout::folder(std::size_t number) const {
    return root_ / folder_name(number);
}

Layout::Moment Layout::now(std::string_view key) {
    const auto number = folder_of(key);
    auto& folder = folders_[number];
    const std::scoped_lock lock(folder.moments);
    return {.folder = number, .number = ++folder.asked};
}

Result<void> Layout::sync(Moment moment) {
    auto& folder = folders_[moment.folder];
    const std::scoped_lock syncing(folder.syncing);
    if (moment.number <= folder.lost) {
        return fail(FaultKind::unavailable, "the storage does not work: an earlier sync of the folder failed");
    }
    if (folder.synced >= moment.number) return {};
    std::uint64_t covered = 0;
    {
        const std::scoped_lock lock(folder.moments);
        covered = folder.asked;
    }
    if (::fsync(folder.handle.descriptor()) != 0) {
        folder.lost = covered;
        return std::unexpected(io_fault("sync folder", root_, errno));
    }
    folder.synced = covered;
    return {};
}

bool Layout::has_room(std::uint64_t bytes) const {
    if (keep_free_ == 0) return true;
    struct statvfs facts{};
    if (::statvfs(root_.c_str(), &facts) != 0) return true;  // the write will tell
    return std::uint64_t{facts.f_bavail} * facts.f_frsize >= keep_free_ + bytes;
}

}  // namespace berth::store::fs
