#include "archive/tar.hpp"

#include "archive/path.hpp"
#include "archive/tar_header.hpp"

#include <algorithm>
#include <cstring>

namespace berth::archive {
namespace {

constexpr std::size_t buffer_bytes = std::size_t{256} << 10;
// Of a pax header or a GNU long name. Go allows a MiB as well.
constexpr std::uint64_t max_header_text = std::uint64_t{1} << 20;

std::uint64_t padding_of(std::uint64_t size) {
    return (tar_block - size % tar_block) % tar_block;
}

std::unexpected<Fault> broken(std::uint64_t position, const char* what) {
    return fail(FaultKind::invalid_parameter,
                std::string(what) + " at byte " + std::to_string(position) + " of the tar archive");
}

EntryKind kind_of(char type, std::string_view name) {
    switch (type) {
        case '\0':
            return name.ends_with('/') ? EntryKind::directory : EntryKind::file;
        case '0':
        case '7':
            return EntryKind::file;
        case '1':
            return EntryKind::hard_link;
        case '2':
            return EntryKind::symlink;
        case '5':
            return EntryKind::directory;
        case 'S':
            return EntryKind::sparse_file;
        default:
            return EntryKind::other;
    }
}

// Links, folders, devices and pipes have no content, whatever their size field says.
bool is_header_only(char type) {
    return type >= '1' && type <= '6';
}

}  // namespace

TarReader::TarReader(Source& source, const Limits& limits) : source_(source), limits_(limits), buffer_(buffer_bytes) {}

std::unexpected<Fault> TarReader::truncated() const {
    return fail(FaultKind::invalid_parameter, "the tar archive ends in the middle of an entry, after " +
                                                  std::to_string(position_ + to_ - from_) + " bytes");
}

// Makes `bytes` contiguous in the buffer; false when the archive ends before.
Result<bool> TarReader::have(std::size_t bytes) {
    if (to_ - from_ >= bytes) return true;
    std::memmove(buffer_.data(), buffer_.data() + from_, to_ - from_);
    to_ -= from_;
    from_ = 0;
    while (to_ < bytes) {
        auto got = source_.read(std::span(buffer_).subspan(to_));
        if (!got) return fail(std::move(got));
        if (*got == 0) return false;
        to_ += *got;
    }
    return true;
}

// A whole block and past it, or null where the archive ends on its border.
Result<const char*> TarReader::block() {
    auto there = have(tar_block);
    if (!there) return fail(std::move(there));
    if (!*there) {
        if (to_ > from_) return truncated();
        return nullptr;
    }
    const auto* start = reinterpret_cast<const char*>(buffer_.data() + from_);
    from_ += tar_block;
    position_ += tar_block;
    return start;
}

Result<void> TarReader::pass(std::uint64_t bytes) {
    const auto buffered = std::min<std::uint64_t>(bytes, to_ - from_);
    from_ += static_cast<std::size_t>(buffered);
    position_ += buffered;
    if (bytes == buffered) return {};
    // What the source can jump over never reaches the buffer.
    auto passed = source_.skip(bytes - buffered);
    if (!passed) return fail(std::move(passed));
    position_ += *passed;
    if (*passed < bytes - buffered) return truncated();
    return {};
}

Result<void> TarReader::finish_entry() {
    const auto rest = content_ + padding_;
    content_ = padding_ = 0;
    return pass(rest);
}

Result<std::span<const std::byte>> TarReader::content() {
    if (content_ == 0) return std::span<const std::byte>{};
    auto there = have(1);
    if (!there) return fail(std::move(there));
    if (!*there) return truncated();
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(content_, to_ - from_));
    const auto bytes = std::span(buffer_).subspan(from_, size);
    from_ += size;
    position_ += size;
    content_ -= size;
    return bytes;
}

Result<std::span<const std::byte>> TarReader::peek(std::size_t bytes) {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>({bytes, content_, buffer_bytes}));
    auto there = have(size);
    if (!there) return fail(std::move(there));
    if (!*there) return truncated();
    return std::span(buffer_).subspan(from_, size);
}

Result<std::span<const std::byte>> TarReader::whole(std::uint64_t max_bytes) {
    if (content_ > max_bytes) {
        return fail(FaultKind::too_large, "larger than the " + std::to_string(max_bytes) + " bytes allowed");
    }
    if (content_ <= buffer_bytes) {
        // Moves the file to the front of the buffer where its end has not come yet.
        auto there = peek(static_cast<std::size_t>(content_));
        return there ? content() : there;
    }
    // Grows with what really comes: a size that is only announced costs nothing.
    long_file_.clear();
    for (;;) {
        auto piece = content();
        if (!piece) return piece;
        if (piece->empty()) return std::span<const std::byte>(long_file_);
        long_file_.insert(long_file_.end(), piece->begin(), piece->end());
    }
}

Result<std::string> TarReader::text_of_entry(std::uint64_t size) {
    if (size > max_header_text) return broken(position_, "an extended header over a MiB");
    content_ = size;
    padding_ = padding_of(size);
    std::string text;
    for (;;) {
        auto piece = content();
        if (!piece) return fail(std::move(piece));
        if (piece->empty()) return text;
        text.append(reinterpret_cast<const char*>(piece->data()), piece->size());
    }
}

Result<void> TarReader::read_pax(std::uint64_t size, Extended& extended) {
    auto text = text_of_entry(size);
    if (!text) return fail(std::move(text));
    const auto record = [&](std::string_view key, std::string_view value) {
        // An empty value takes an earlier one back.
        const auto set = [&](std::optional<std::string>& where) {
            where = value.empty() ? std::nullopt : std::optional<std::string>(value);
        };
        if (key == "path" || key == "GNU.sparse.name") set(extended.path);
        if (key == "linkpath") set(extended.link);
        if (key == "size") {
            extended.size = pax_number(value);
            if (!extended.size) return value.empty();
        }
        if (key.starts_with("GNU.sparse.")) extended.sparse = true;
        return true;
    };
    if (!each_pax_record(*text, record)) return broken(position_, "a broken pax header");
    return {};
}

// Old GNU sparse files: the map goes on in blocks of its own for as long as each says so.
Result<void> TarReader::pass_sparse_map(const char* header) {
    constexpr std::size_t extended_in_header = 482;
    constexpr std::size_t extended_in_block = 504;
    bool more = header[extended_in_header] != '\0';
    while (more) {
        auto map = block();
        if (!map) return fail(std::move(map));
        if (*map == nullptr) return truncated();
        more = (*map)[extended_in_block] != '\0';
    }
    return {};
}

Result<const TarEntry*> TarReader::next() {
    Extended extended;
    for (;;) {
        if (done_) return nullptr;
        if (auto finished = finish_entry(); !finished) return fail(std::move(finished));
        auto header = block();
        if (!header) return fail(std::move(header));
        if (*header == nullptr || is_zero_block(*header)) {
            done_ = true;
            return nullptr;
        }
        if (++entries_ > limits_.entries) {
            return fail(FaultKind::too_large,
                        "the archive has more than the " + std::to_string(limits_.entries) + " entries allowed");
        }
        if (!has_right_checksum(*header)) return broken(position_ - tar_block, "no tar header");
        const auto size = tar_size(*header);
        if (!size) return broken(position_ - tar_block, "an impossible size");
        const char type = (*header)[156];
        if (type == 'x') {
            extended = {};
            if (auto read = read_pax(*size, extended); !read) return fail(std::move(read));
        } else if (type == 'L' || type == 'K') {
            auto text = text_of_entry(*size);
            if (!text) return fail(std::move(text));
            text->resize(std::min(text->find('\0'), text->size()));
            (type == 'L' ? extended.gnu_path : extended.gnu_link) = std::move(*text);
        } else if (type == 'g') {
            content_ = *size;  // says nothing of a single file that those who unpack images would heed
            padding_ = padding_of(*size);
        } else {
            return describe(*header, type, *size, extended);
        }
    }
}

Result<const TarEntry*> TarReader::describe(const char* header, char type, std::uint64_t size,
                                            const Extended& extended) {
    auto name = extended.gnu_path.value_or(extended.path.value_or(tar_name(header)));
    auto link = extended.gnu_link.value_or(extended.link.value_or(tar_link(header)));
    entry_ = {.kind = kind_of(type, name), .mode = tar_mode(header)};
    if (entry_.kind == EntryKind::file && extended.sparse) entry_.kind = EntryKind::sparse_file;
    content_ = is_header_only(type) ? 0 : extended.size.value_or(size);
    // The header is no longer needed behind this point: passing over the map may move the buffer.
    if (type == 'S') {
        if (auto passed = pass_sparse_map(header); !passed) return fail(std::move(passed));
    }
    padding_ = padding_of(content_);
    entry_.size = entry_.kind == EntryKind::file ? content_ : 0;

    auto path = normal_path(name);
    entry_.leads_out = !path;
    entry_.path = path ? std::move(*path) : std::move(name);
    entry_.link = std::move(link);
    if (entry_.kind == EntryKind::hard_link) {
        auto target = normal_path(entry_.link);
        if (target) entry_.link = std::move(*target);
        if (!target) entry_.leads_out = true;
    }
    if (entry_.kind == EntryKind::directory && entry_.path.empty() && !entry_.leads_out) return &entry_;
    if (auto fits = check_path(entry_.path, limits_); !fits) return fail(std::move(fits));
    if (auto fits = check_path(entry_.link, limits_); !fits) return fail(std::move(fits));
    return &entry_;
}

}  // namespace berth::archive
