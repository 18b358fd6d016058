#include "inventory/image_blobs.hpp"

#include "archive/path.hpp"
#include "archive/tar.hpp"
#include "archive/unpack.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <span>
#include <utility>
#include <vector>

namespace berth::inventory {
namespace {

// An image archive has a few files a layer; more is no image.
constexpr std::uint64_t max_files = 100'000;
constexpr int max_links_followed = 40;

std::unexpected<Fault> not_there(std::string_view path) {
    return fail(FaultKind::blob_not_found, "the image has no " + std::string(path));
}

class FolderBlobs final : public ImageBlobs {
public:
    explicit FolderBlobs(std::filesystem::path folder) : folder_(std::move(folder)) {}

    Result<std::unique_ptr<archive::Source>> open(std::string_view path) const override {
        auto file = archive::OpenFile::open(folder_ / path);
        if (!file && file.error().kind == FaultKind::blob_not_found) return not_there(path);
        if (!file) return fail(std::move(file));
        return std::make_unique<archive::FileSource>(std::move(*file));
    }
    bool has(std::string_view path) const override {
        std::error_code error;
        return std::filesystem::is_regular_file(folder_ / path, error);
    }

private:
    std::filesystem::path folder_;
};

class TarBlobs final : public ImageBlobs {
public:
    explicit TarBlobs(std::shared_ptr<const archive::OpenFile> file) : file_(std::move(file)) {}

    Result<void> list(const archive::Limits& limits) {
        auto fewer = limits;
        fewer.entries = std::min(limits.entries, max_files);
        archive::FileSource source(file_);
        archive::TarReader tar(source, fewer);
        for (;;) {
            auto entry = tar.next();
            if (!entry) return fail(std::move(entry));
            if (*entry == nullptr) return {};
            const auto& found = **entry;
            if (found.leads_out) continue;
            if (found.kind == archive::EntryKind::file) windows_[found.path] = {tar.content_position(), found.size};
            if (found.kind == archive::EntryKind::hard_link) links_[found.path] = found.link;
            if (found.kind == archive::EntryKind::symlink) add_symlink(found);
        }
    }

    Result<std::unique_ptr<archive::Source>> open(std::string_view path) const override {
        const auto* window = find(path);
        if (window == nullptr) return not_there(path);
        return std::make_unique<archive::FileSource>(file_, window->start, window->size);
    }
    bool has(std::string_view path) const override { return find(path) != nullptr; }

private:
    struct Window {
        std::uint64_t start = 0;
        std::uint64_t size = 0;
    };

    // `docker save` of old versions stores a layer it has already as a link to it.
    void add_symlink(const archive::TarEntry& entry) {
        const auto slash = entry.path.rfind('/');
        const auto folder = slash == std::string::npos ? std::string() : entry.path.substr(0, slash + 1);
        auto target = archive::normal_path(entry.link.starts_with('/') ? entry.link : folder + entry.link);
        if (target) links_[entry.path] = std::move(*target);
    }

    [[nodiscard]] const Window* find(std::string_view path) const {
        for (int followed = 0; followed <= max_links_followed; ++followed) {
            if (const auto window = windows_.find(path); window != windows_.end()) return &window->second;
            const auto link = links_.find(path);
            if (link == links_.end()) return nullptr;
            path = link->second;
        }
        return nullptr;
    }

    std::shared_ptr<const archive::OpenFile> file_;
    std::map<std::string, Window, std::less<>> windows_;
    std::map<std::string, std::string, std::less<>> links_;
};

using File = std::shared_ptr<const archive::OpenFile>;

// By the first bytes of gzip (RFC 1952) and zstd (RFC 8878).
Result<bool> is_packed(const File& file) {
    std::array<std::byte, 4> start{};
    archive::FileSource source(file);
    auto got = source.read(start);
    if (!got) return fail(std::move(got));
    constexpr std::array gzip{std::byte{0x1f}, std::byte{0x8b}};
    constexpr std::array zstd{std::byte{0x28}, std::byte{0xb5}, std::byte{0x2f}, std::byte{0xfd}};
    const auto read = std::span(start).first(*got);
    const auto begins_with = [&](const auto& magic) {
        return read.size() >= magic.size() && std::ranges::equal(read.first(magic.size()), magic);
    };
    return begins_with(gzip) || begins_with(zstd);
}

Result<void> write_all(int descriptor, std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const auto wrote = ::write(descriptor, bytes.data(), bytes.size());
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote < 0) return fail(FaultKind::internal, std::string("cannot be unpacked: ") + std::strerror(errno));
        bytes = bytes.subspan(static_cast<std::size_t>(wrote));
    }
    return {};
}

// Unlinked as soon as it is there, so nobody else finds it and it goes with its descriptor.
Result<int> nameless_file() {
    std::error_code error;
    auto name = (std::filesystem::temp_directory_path(error) / "berth-XXXXXX").string();
    const int descriptor = ::mkostemp(name.data(), O_CLOEXEC);
    if (descriptor < 0)
        return fail(FaultKind::internal, "cannot be unpacked into " + name + ": " + std::strerror(errno));
    ::unlink(name.c_str());
    return descriptor;
}

Result<std::uint64_t> copy(archive::Source& from, int descriptor) {
    std::uint64_t size = 0;
    std::vector<std::byte> buffer(std::size_t{1} << 20);
    for (;;) {
        auto got = from.read(buffer);
        if (!got) return fail(std::move(got));
        if (*got == 0) return size;
        auto written = write_all(descriptor, std::span(buffer).first(*got));
        if (!written) return fail(std::move(written));
        size += *got;
    }
}

Result<File> unpacked(const File& packed, const archive::Limits& limits) {
    archive::FileSource source(packed);
    auto plain = archive::unpack(source, limits);
    if (!plain) return fail(std::move(plain));
    const auto descriptor = nameless_file();
    if (!descriptor) return std::unexpected(descriptor.error());
    auto size = copy(**plain, *descriptor);
    auto file = std::make_shared<const archive::OpenFile>(*descriptor, size.value_or(0));
    return size ? Result<File>(std::move(file)) : fail(std::move(size));
}

}  // namespace

std::shared_ptr<const ImageBlobs> blobs_in_folder(std::filesystem::path folder) {
    return std::make_shared<FolderBlobs>(std::move(folder));
}

Result<std::shared_ptr<const ImageBlobs>> blobs_in_tar(const std::filesystem::path& path,
                                                       const archive::Limits& limits) {
    auto file = archive::OpenFile::open(path);
    if (!file) return fail(std::move(file));
    auto packed = is_packed(*file);
    if (!packed) return fail(std::move(packed));
    if (*packed) file = unpacked(*file, limits);
    if (!file) return fail(std::move(file));
    auto blobs = std::make_shared<TarBlobs>(std::move(*file));
    if (auto listed = blobs->list(limits); !listed) return fail(std::move(listed));
    return blobs;
}

}  // namespace berth::inventory
