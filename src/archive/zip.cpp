#include "archive/zip.hpp"

#include "archive/unpack.hpp"

#include <zlib.h>

#include <algorithm>
#include <optional>

namespace berth::archive {
namespace {

// Signatures and fixed sizes of APPNOTE.TXT, section 4.3.
constexpr std::uint32_t local_signature = 0x04034b50;
constexpr std::uint32_t central_signature = 0x02014b50;
constexpr std::uint32_t end_signature = 0x06054b50;
constexpr std::uint32_t end64_signature = 0x06064b50;
constexpr std::uint32_t locator64_signature = 0x07064b50;
constexpr std::size_t local_bytes = 30;
constexpr std::size_t central_bytes = 46;
constexpr std::size_t end_bytes = 22;
constexpr std::size_t end64_bytes = 56;
constexpr std::size_t locator64_bytes = 20;
constexpr std::size_t max_comment = 0xffff;
constexpr std::uint32_t in_zip64 = 0xffffffff;
constexpr std::uint16_t encrypted_flag = 1;

std::unexpected<Fault> broken(const char* what) {
    return fail(FaultKind::invalid_parameter, std::string("the zip file is broken: ") + what);
}

template <class Number>
Number little(std::span<const std::byte> bytes, std::size_t at) {
    Number value = 0;
    for (std::size_t i = sizeof(Number); i-- > 0;) {
        value = static_cast<Number>(static_cast<std::uint64_t>(value) << 8U |
                                    std::to_integer<std::uint64_t>(bytes[at + i]));
    }
    return value;
}

struct Directory {
    std::uint64_t at = 0;    // where it is
    std::uint64_t said = 0;  // where it is said to be, from the archive's own start
    std::uint64_t size = 0;
    std::uint64_t entries = 0;
};

// The end record stands at the very end, but for a comment; the last place that looks like it is taken.
std::optional<std::size_t> find_end(std::span<const std::byte> file) {
    if (file.size() < end_bytes) return std::nullopt;
    const auto last = file.size() - end_bytes;
    const auto first = last - std::min(last, max_comment);
    for (auto at = last + 1; at-- > first;) {
        if (little<std::uint32_t>(file, at) == end_signature &&
            little<std::uint16_t>(file, at + 20) <= file.size() - at - end_bytes) {
            return at;
        }
    }
    return std::nullopt;
}

Result<Directory> find_directory(std::span<const std::byte> file) {
    const auto end = find_end(file);
    if (!end) return fail(FaultKind::invalid_parameter, "not a zip file");
    Directory directory{.at = *end,
                        .said = little<std::uint32_t>(file, *end + 16),
                        .size = little<std::uint32_t>(file, *end + 12),
                        .entries = little<std::uint16_t>(file, *end + 10)};
    const bool has64 = *end >= locator64_bytes + end64_bytes &&
                       little<std::uint32_t>(file, *end - locator64_bytes) == locator64_signature;
    if (has64) {
        // The record stands in front of its locator; where something was put in front of the file, only that is sure.
        auto at = little<std::uint64_t>(file, *end - locator64_bytes + 8);
        const auto limit = *end - locator64_bytes - end64_bytes;
        if (at > limit || little<std::uint32_t>(file, at) != end64_signature) at = limit;
        if (little<std::uint32_t>(file, at) != end64_signature) return broken("its zip64 record is missing");
        directory = {.at = at,
                     .said = little<std::uint64_t>(file, at + 48),
                     .size = little<std::uint64_t>(file, at + 40),
                     .entries = little<std::uint64_t>(file, at + 32)};
    }
    if (directory.size > directory.at || directory.said > directory.at - directory.size) {
        return broken("its directory lies outside");
    }
    directory.at -= directory.size;
    return directory;
}

// Sizes and offset that did not fit in 32 bits stand in an extra field, in this order, each only when needed.
bool read_zip64(std::span<const std::byte> extra, ZipEntry& entry) {
    while (extra.size() >= 4) {
        const auto id = little<std::uint16_t>(extra, 0);
        const auto size = little<std::uint16_t>(extra, 2);
        extra = extra.subspan(4);
        if (size > extra.size()) return false;
        auto field = extra.first(size);
        extra = extra.subspan(size);
        if (id != 1) continue;
        for (auto* number : {&entry.size, &entry.packed_size, &entry.header_at}) {
            if (*number != in_zip64) continue;
            if (field.size() < 8) return false;
            *number = little<std::uint64_t>(field, 0);
            field = field.subspan(8);
        }
        return true;
    }
    return true;
}

}  // namespace

Result<ZipReader> ZipReader::open(std::span<const std::byte> file, const Limits& limits) {
    ZipReader zip(file, limits);
    if (auto read = zip.read_directory(); !read) return fail(std::move(read));
    return zip;
}

Result<void> ZipReader::read_directory() {
    auto directory = find_directory(file_);
    if (!directory) return fail(std::move(directory));
    if (directory->entries > limits_->entries) {
        return fail(FaultKind::too_large,
                    "the zip file has more than the " + std::to_string(limits_->entries) + " entries allowed");
    }
    base_ = directory->at - directory->said;
    auto rest = file_.subspan(directory->at, directory->size);
    entries_.reserve(std::min<std::size_t>(directory->entries, rest.size() / central_bytes));
    for (std::uint64_t i = 0; i < directory->entries; ++i) {
        if (rest.size() < central_bytes || little<std::uint32_t>(rest, 0) != central_signature) {
            return broken("its directory is shorter than it says");
        }
        const auto name = little<std::uint16_t>(rest, 28);
        const auto extra = little<std::uint16_t>(rest, 30);
        const std::size_t total = central_bytes + name + extra + little<std::uint16_t>(rest, 32);
        if (total > rest.size()) return broken("an entry of its directory lies outside");
        if (name > limits_->path_bytes) {
            return fail(FaultKind::too_large, "a name in the zip file is longer than the " +
                                                  std::to_string(limits_->path_bytes) + " bytes allowed");
        }
        ZipEntry entry{.name = {reinterpret_cast<const char*>(rest.data() + central_bytes), name},
                       .packed_size = little<std::uint32_t>(rest, 20),
                       .size = little<std::uint32_t>(rest, 24),
                       .header_at = little<std::uint32_t>(rest, 42),
                       .crc = little<std::uint32_t>(rest, 16),
                       .method = little<std::uint16_t>(rest, 10),
                       .flags = little<std::uint16_t>(rest, 8)};
        if (!read_zip64(rest.subspan(central_bytes + name, extra), entry)) return broken("a zip64 field");
        entries_.push_back(entry);
        rest = rest.subspan(total);
    }
    return {};
}

Result<std::span<const std::byte>> ZipReader::packed(const ZipEntry& entry) const {
    const auto size = file_.size() - base_;
    if (entry.header_at > size || size - entry.header_at < local_bytes) return broken("an entry lies outside");
    const auto local = file_.subspan(base_ + entry.header_at);
    if (little<std::uint32_t>(local, 0) != local_signature) return broken("an entry has no header");
    const std::size_t start = local_bytes + little<std::uint16_t>(local, 26) + little<std::uint16_t>(local, 28);
    if (start > local.size() || entry.packed_size > local.size() - start) return broken("an entry lies outside");
    return local.subspan(start, entry.packed_size);
}

Result<std::vector<std::byte>> ZipReader::read(const ZipEntry& entry, std::uint64_t max_bytes) {
    if ((entry.flags & encrypted_flag) != 0) return fail(FaultKind::unsupported, "the entry is encrypted");
    if (entry.method != 0 && entry.method != Z_DEFLATED) {
        return fail(FaultKind::unsupported,
                    "compression method " + std::to_string(entry.method) + " of the zip format");
    }
    if (entry.size > max_bytes) {
        return fail(FaultKind::too_large,
                    "the entry is larger than the " + std::to_string(max_bytes) + " bytes allowed");
    }
    if (entry.size > limits_->unpacked_bytes - std::min(unpacked_bytes_, limits_->unpacked_bytes)) {
        return fail(FaultKind::too_large, "the zip file holds more than the " +
                                              std::to_string(limits_->unpacked_bytes) + " unpacked bytes allowed");
    }
    auto bytes = packed(entry);
    if (!bytes) return fail(std::move(bytes));
    MemorySource source(*bytes);
    std::unique_ptr<Source> inflated;
    if (entry.method == Z_DEFLATED) inflated = inflate(source, Wrapping::raw, *limits_);
    auto content = read_all(inflated ? *inflated : source, entry.size, "the entry");
    if (!content) return content;
    unpacked_bytes_ += content->size();
    const auto crc = ::crc32_z(0, reinterpret_cast<const Bytef*>(content->data()), content->size());
    if (content->size() != entry.size || crc != entry.crc) return broken("an entry is not what its checksum says");
    return content;
}

}  // namespace berth::archive
