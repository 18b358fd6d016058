#include "inventory/folder_tar.hpp"

#include "archive/tar_header.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <system_error>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace berth::inventory {
namespace {

using archive::tar_block;

// Each level holds a descriptor open. The readers of archives stop well before.
constexpr std::size_t max_depth = 256;

// File systems whose files are no files.
constexpr std::array<long, 5> kernel_views = {PROC_SUPER_MAGIC, SYSFS_MAGIC, CGROUP_SUPER_MAGIC, CGROUP2_SUPER_MAGIC,
                                              DEBUGFS_MAGIC};

bool is_kernel_view(int descriptor) {
    struct ::statfs status{};
    return ::fstatfs(descriptor, &status) == 0 && std::ranges::find(kernel_views, status.f_type) != kernel_views.end();
}

int open_folder(int at, const char* name) {
    return ::openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

// Takes a copy of the descriptor, as fdopendir keeps what it gets. In reverse order, so that the first is taken last.
std::vector<std::string> names_in(int descriptor) {
    std::vector<std::string> names;
    const int copy = ::openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR* folder = copy < 0 ? nullptr : ::fdopendir(copy);
    if (folder == nullptr) {
        if (copy >= 0) ::close(copy);
        return names;
    }
    while (const auto* entry = ::readdir(folder)) {  // NOLINT(concurrency-mt-unsafe): a stream of our own
        const std::string_view name = static_cast<const char*>(entry->d_name);
        if (name != "." && name != "..") names.emplace_back(name);
    }
    ::closedir(folder);
    std::ranges::sort(names, std::ranges::greater{});
    return names;
}

// `digits` octal digits and a NUL, as ustar writes its numbers.
void put_octal(char* at, int digits, std::uint64_t value) {
    at[digits] = '\0';
    for (int i = digits - 1; i >= 0; --i, value >>= 3U) at[i] = static_cast<char>('0' + static_cast<int>(value & 7U));
}

void add_block(std::string& to, std::string_view name, char type, std::uint64_t size, unsigned mode) {
    std::array<char, tar_block> block{};
    std::memcpy(block.data(), name.data(), std::min<std::size_t>(name.size(), 100));
    put_octal(block.data() + 100, 7, mode & 07777U);
    // Sizes that octal has no room for stand in the pax header.
    put_octal(block.data() + 124, 11, size);
    block[156] = type;
    std::memcpy(block.data() + 257, "ustar\00000", 8);
    std::memset(block.data() + 148, ' ', 8);
    unsigned sum = 0;
    for (const char c : block) sum += static_cast<unsigned char>(c);
    put_octal(block.data() + 148, 6, sum);
    to.append(block.data(), block.size());
}

std::string pax_record(std::string_view key, std::string_view value) {
    const auto rest = key.size() + value.size() + 3;  // a blank, an equals sign, a line's end
    auto total = rest + 1;
    while (std::to_string(total).size() + rest != total) total = std::to_string(total).size() + rest;
    return std::to_string(total) + ' ' + std::string(key) + '=' + std::string(value) + '\n';
}

// Names stand in a pax header, whatever their length.
std::string entry_header(std::string_view path, char type, std::uint64_t size, unsigned mode, std::string_view link) {
    auto records = pax_record("path", path) + pax_record("size", std::to_string(size));
    if (!link.empty()) records += pax_record("linkpath", link);
    std::string header;
    add_block(header, "pax", 'x', records.size(), 0644);
    header += records;
    header.resize((header.size() + tar_block - 1) / tar_block * tar_block);
    add_block(header, path, type, size, mode);
    return header;
}

}  // namespace

Result<std::unique_ptr<FolderTar>> FolderTar::open(const std::filesystem::path& folder) {
    // The top may be a link: it is the one name that the caller gave.
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) {
        return fail(FaultKind::image_not_found, folder.string() + ": " + std::generic_category().message(errno));
    }
    std::unique_ptr<FolderTar> tar(new FolderTar);
    tar->enter(descriptor, {});
    return tar;
}

FolderTar::~FolderTar() {
    close_file();
    for (const auto& folder : folders_) ::close(folder.descriptor);
}

void FolderTar::enter(int descriptor, std::string path) {
    folders_.push_back({descriptor, std::move(path), names_in(descriptor)});
}

void FolderTar::close_file() {
    if (file_ >= 0) ::close(file_);
    file_ = -1;
}

// Prepares the header of the next entry; false at the end.
bool FolderTar::next_entry() {
    close_file();
    while (!folders_.empty()) {
        auto& folder = folders_.back();
        if (folder.names.empty()) {
            ::close(folder.descriptor);
            folders_.pop_back();
            continue;
        }
        const auto name = std::move(folder.names.back());
        folder.names.pop_back();
        header_.clear();
        header_at_ = 0;
        describe(folder, name);
        if (!header_.empty()) return true;
    }
    return false;
}

void FolderTar::describe(const Folder& folder, const std::string& name) {
    struct ::stat status{};
    if (::fstatat(folder.descriptor, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) return;  // gone meanwhile
    const auto path = folder.path + name;
    if (S_ISREG(status.st_mode)) {
        describe_file(folder, name, static_cast<std::uint64_t>(status.st_size), status.st_mode);
    } else if (S_ISLNK(status.st_mode)) {
        std::array<char, 4096> target{};
        const auto size = ::readlinkat(folder.descriptor, name.c_str(), target.data(), target.size());
        if (size > 0) {
            header_ = entry_header(path, '2', 0, 0777, {target.data(), static_cast<std::size_t>(size)});
        }
    } else if (S_ISDIR(status.st_mode)) {
        header_ = entry_header(path + '/', '5', 0, status.st_mode, {});
        if (folders_.size() >= max_depth) return;
        const int descriptor = open_folder(folder.descriptor, name.c_str());
        if (descriptor < 0) {
            ++unreadable_;
        } else if (is_kernel_view(descriptor)) {
            ::close(descriptor);
        } else {
            enter(descriptor, path + '/');  // `folder` is no longer valid behind this
        }
    } else {
        header_ = entry_header(path, '3', 0, status.st_mode, {});
    }
}

void FolderTar::describe_file(const Folder& folder, const std::string& name, std::uint64_t size, unsigned mode) {
    const auto path = folder.path + name;
    if (::faccessat(folder.descriptor, name.c_str(), R_OK, AT_EACCESS) != 0) {
        ++unreadable_;
        header_ = entry_header(path, '3', 0, mode, {});
        return;
    }
    header_ = entry_header(path, '0', size, mode, {});
    file_name_ = name;
    file_at_ = 0;
    content_ = size;
    padding_ = (tar_block - size % tar_block) % tar_block;
}

std::size_t FolderTar::read_file(std::span<std::byte> into) {
    if (file_ < 0) {
        file_ =
            ::openat(folders_.back().descriptor, file_name_.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    }
    const auto got = file_ < 0 ? -1 : ::pread(file_, into.data(), into.size(), static_cast<off_t>(file_at_));
    if (got > 0) return static_cast<std::size_t>(got);
    std::ranges::fill(into, std::byte{0});
    return into.size();
}

Result<std::size_t> FolderTar::read(std::span<std::byte> into) {
    if (header_at_ == header_.size() && content_ == 0 && padding_ == 0 && !next_entry()) return 0;
    if (header_at_ < header_.size()) {
        const auto size = std::min(into.size(), header_.size() - header_at_);
        std::memcpy(into.data(), header_.data() + header_at_, size);
        header_at_ += size;
        return size;
    }
    if (content_ > 0) {
        const auto got =
            read_file(into.first(static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), content_))));
        file_at_ += got;
        content_ -= got;
        return got;
    }
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), padding_));
    std::ranges::fill(into.first(size), std::byte{0});
    padding_ -= size;
    return size;
}

// Inside of the entry that is being given out, which is all that a reader of tar asks for.
Result<std::uint64_t> FolderTar::skip(std::uint64_t bytes) {
    std::uint64_t done = 0;
    const auto pass = [&](std::uint64_t& left) {
        const auto part = std::min(left, bytes - done);
        left -= part;
        done += part;
        return part;
    };
    std::uint64_t header_left = header_.size() - header_at_;
    header_at_ += static_cast<std::size_t>(pass(header_left));
    file_at_ += pass(content_);
    pass(padding_);
    if (done == bytes) return done;
    auto rest = Source::skip(bytes - done);
    if (!rest) return rest;
    return done + *rest;
}

}  // namespace berth::inventory
