#include "inventory/executable.hpp"

#include <algorithm>

namespace berth::inventory {

namespace {

// Real files have a few dozen sections and a handful of segments.
constexpr std::uint64_t max_parts = 4096;
constexpr std::size_t max_section_name = 64;

std::string_view terminated(std::string_view bytes) {
    bytes = bytes.substr(0, max_section_name);
    return bytes.substr(0, bytes.find('\0'));
}

// Fields of one record, read in turn. A field outside the bytes is 0 and leaves `good` false.
class Fields {
public:
    Fields(std::string_view bytes, std::uint64_t offset, ByteOrder order)
        : bytes_(bytes), offset_(offset), order_(order) {}

    std::uint64_t next(std::size_t width) {
        const auto value = number_at(bytes_, offset_, width, order_);
        good = good && value.has_value();
        offset_ += width;
        return value.value_or(0);
    }
    void skip(std::size_t width) { offset_ += width; }

    bool good = true;

private:
    std::string_view bytes_;
    std::uint64_t offset_;
    ByteOrder order_;
};

struct ElfSection {
    std::uint64_t name = 0;
    Section section;
};

// System V ABI, "Object Files": headers of 32 and 64 bit differ in the width of an address and in one field's place.
class Elf {
public:
    explicit Elf(std::string_view bytes) : bytes_(bytes) {
        wide_ = bytes[4] == 2;
        address_ = wide_ ? 8 : 4;
        result_.order = bytes[5] == 2 ? ByteOrder::big : ByteOrder::little;
    }

    Executable read() {
        Fields header(bytes_, 16 + 2 + 2 + 4 + address_, result_.order);
        const auto segments = header.next(address_);
        const auto sections = header.next(address_);
        header.skip(4 + 2);
        const auto segment_size = header.next(2);
        const auto segment_count = header.next(2);
        const auto section_size = header.next(2);
        const auto section_count = header.next(2);
        const auto names = header.next(2);
        if (!header.good) return std::move(result_);
        for (std::uint64_t i = 0; i < std::min(segment_count, max_parts); ++i) {
            if (!read_segment(segments + i * segment_size)) break;
        }
        read_sections(sections, section_size, std::min(section_count, max_parts), names);
        return std::move(result_);
    }

private:
    bool read_segment(std::uint64_t at) {
        constexpr std::uint64_t loaded = 1;
        constexpr std::uint64_t write = 2;
        Fields fields(bytes_, at, result_.order);
        const auto type = fields.next(4);
        auto flags = wide_ ? fields.next(4) : 0;
        const auto offset = fields.next(address_);
        const auto address = fields.next(address_);
        fields.skip(address_);
        const auto size = fields.next(address_);
        fields.skip(address_);
        if (!wide_) flags = fields.next(4);
        if (!fields.good) return false;
        const auto bytes = window(bytes_, offset, size);
        if (type == loaded && !bytes.empty()) {
            result_.segments.push_back({.address = address, .bytes = bytes, .writable = (flags & write) != 0});
        }
        return true;
    }

    std::optional<ElfSection> read_section(std::uint64_t at) const {
        constexpr std::uint64_t without_bytes = 8;
        Fields fields(bytes_, at, result_.order);
        ElfSection read;
        read.name = fields.next(4);
        const auto type = fields.next(4);
        fields.skip(address_);
        read.section.address = fields.next(address_);
        const auto offset = fields.next(address_);
        const auto size = fields.next(address_);
        if (!fields.good) return std::nullopt;
        if (type != without_bytes) read.section.bytes = window(bytes_, offset, size);
        return read;
    }

    void read_sections(std::uint64_t at, std::uint64_t size, std::uint64_t count, std::uint64_t names) {
        const auto name_section = read_section(at + names * size);
        if (!name_section) return;
        for (std::uint64_t i = 0; i < count; ++i) {
            auto read = read_section(at + i * size);
            if (!read) return;
            if (read->section.bytes.empty() || read->name >= name_section->section.bytes.size()) continue;
            read->section.name = terminated(name_section->section.bytes.substr(read->name));
            result_.sections.push_back(read->section);
        }
    }

    std::string_view bytes_;
    bool wide_ = false;
    std::size_t address_ = 8;
    Executable result_;
};

// Microsoft's "PE Format": every section is a piece that is loaded.
std::optional<Executable> read_pe(std::string_view bytes) {
    constexpr std::uint64_t write = 0x80000000U;
    constexpr std::uint64_t wide_magic = 0x20B;
    const auto start = number_at(bytes, 0x3C, 4, ByteOrder::little);
    if (!start || window(bytes, *start, 4) != std::string_view("PE\0\0", 4)) return std::nullopt;
    Executable result;
    Fields header(bytes, *start + 4 + 2, result.order);
    const auto count = header.next(2);
    header.skip(12);
    const auto optional_size = header.next(2);
    const auto optional_header = *start + 24;
    const auto magic = number_at(bytes, optional_header, 2, result.order).value_or(0);
    const bool wide = magic == wide_magic;
    const auto base = number_at(bytes, optional_header + (wide ? 24 : 28), wide ? 8 : 4, result.order).value_or(0);
    for (std::uint64_t i = 0; i < std::min(count, max_parts); ++i) {
        const auto at = optional_header + optional_size + i * 40;
        Fields fields(bytes, at + 8, result.order);
        const auto virtual_size = fields.next(4);
        const auto address = base + fields.next(4);
        const auto size = fields.next(4);
        const auto offset = fields.next(4);
        fields.skip(12);
        const auto flags = fields.next(4);
        if (!fields.good) break;
        // The end of the file's part is padding where the loaded one is shorter.
        const auto part = window(bytes, offset, virtual_size != 0 ? std::min(size, virtual_size) : size);
        if (part.empty()) continue;
        result.sections.push_back({.name = terminated(bytes.substr(at, 8)), .address = address, .bytes = part});
        result.segments.push_back({.address = address, .bytes = part, .writable = (flags & write) != 0});
    }
    return result;
}

// Apple's <mach-o/loader.h>. `file` is the part of one architecture.
class MachO {
public:
    MachO(std::string_view file, ByteOrder order, bool wide) : file_(file), wide_(wide), address_(wide ? 8 : 4) {
        result_.order = order;
    }

    Executable read() {
        constexpr std::uint64_t segment_command = 0x1;
        constexpr std::uint64_t wide_segment_command = 0x19;
        const auto count = number_at(file_, 16, 4, result_.order).value_or(0);
        std::uint64_t at = wide_ ? 32 : 28;
        for (std::uint64_t i = 0; i < std::min(count, max_parts); ++i) {
            const auto command = number_at(file_, at, 4, result_.order);
            const auto size = number_at(file_, at + 4, 4, result_.order);
            if (!command || !size || *size < 8) break;
            if (*command == (wide_ ? wide_segment_command : segment_command)) read_segment(at);
            at += *size;
        }
        return std::move(result_);
    }

private:
    void read_segment(std::uint64_t at) {
        constexpr std::uint64_t write = 2;
        Fields fields(file_, at + 8 + 16, result_.order);
        const auto address = fields.next(address_);
        fields.skip(address_);
        const auto offset = fields.next(address_);
        const auto size = fields.next(address_);
        fields.skip(4);
        const auto protection = fields.next(4);
        const auto count = fields.next(4);
        if (!fields.good) return;
        const auto bytes = window(file_, offset, size);
        if (!bytes.empty()) {
            result_.segments.push_back({.address = address, .bytes = bytes, .writable = (protection & write) != 0});
        }
        const std::uint64_t first = at + 8 + 16 + 4 * address_ + 16;
        for (std::uint64_t i = 0; i < std::min(count, max_parts) && result_.sections.size() < max_parts; ++i) {
            if (!read_section(first + i * (wide_ ? 80 : 68))) return;
        }
    }

    bool read_section(std::uint64_t at) {
        Fields fields(file_, at + 32, result_.order);
        const auto address = fields.next(address_);
        const auto size = fields.next(address_);
        const auto offset = fields.next(4);
        if (!fields.good) return false;
        const auto bytes = window(file_, offset, size);
        if (!bytes.empty()) {
            result_.sections.push_back({.name = terminated(file_.substr(at, 16)), .address = address, .bytes = bytes});
        }
        return true;
    }

    std::string_view file_;
    bool wide_;
    std::size_t address_;
    Executable result_;
};

std::optional<Executable> read_thin_mach_o(std::string_view file) {
    const auto magic = number_at(file, 0, 4, ByteOrder::little).value_or(0);
    if (magic == 0xFEEDFACFU) return MachO(file, ByteOrder::little, true).read();
    if (magic == 0xFEEDFACEU) return MachO(file, ByteOrder::little, false).read();
    if (magic == 0xCFFAEDFEU) return MachO(file, ByteOrder::big, true).read();
    if (magic == 0xCEFAEDFEU) return MachO(file, ByteOrder::big, false).read();
    return std::nullopt;
}

// A file for several architectures begins as a Java class does; a class has its version, 45 or more, where this has
// the number of architectures.
bool is_fat_mach_o(std::string_view bytes) {
    return number_at(bytes, 0, 4, ByteOrder::big) == 0xCAFEBABEU &&
           number_at(bytes, 4, 4, ByteOrder::big).value_or(0) - 1 < 20;
}

std::optional<Executable> read_fat_mach_o(std::string_view bytes) {
    Fields first(bytes, 8 + 8, ByteOrder::big);
    const auto offset = first.next(4);
    const auto size = first.next(4);
    return read_thin_mach_o(window(bytes, offset, size));
}

bool is_elf(std::string_view bytes) {
    return bytes.size() >= 16 &&
           bytes.starts_with(
               "\x7F"
               "ELF") &&
           (bytes[4] == 1 || bytes[4] == 2) && (bytes[5] == 1 || bytes[5] == 2);
}

bool is_thin_mach_o(std::string_view bytes) {
    const auto magic = number_at(bytes, 0, 4, ByteOrder::little).value_or(0);
    return magic == 0xFEEDFACFU || magic == 0xFEEDFACEU || magic == 0xCFFAEDFEU || magic == 0xCEFAEDFEU;
}

}  // namespace

std::optional<std::uint64_t> number_at(std::string_view bytes, std::uint64_t offset, std::size_t width,
                                       ByteOrder order) {
    const auto found = window(bytes, offset, width);
    if (found.size() != width) return std::nullopt;
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < width; ++i) {
        const auto next = static_cast<unsigned char>(found[order == ByteOrder::big ? i : width - 1 - i]);
        value = value << 8U | next;
    }
    return value;
}

std::string_view window(std::string_view bytes, std::uint64_t offset, std::uint64_t size) {
    if (offset > bytes.size() || size > bytes.size() - offset) return {};
    return bytes.substr(offset, size);
}

const Section* Executable::section(std::string_view name) const {
    const auto found = std::ranges::find(sections, name, &Section::name);
    return found != sections.end() ? &*found : nullptr;
}

std::string_view Executable::at_address(std::uint64_t address) const {
    for (const auto& segment : segments) {
        if (address >= segment.address && address - segment.address < segment.bytes.size()) {
            return segment.bytes.substr(address - segment.address);
        }
    }
    return {};
}

bool looks_executable(std::string_view first_bytes) {
    return is_elf(first_bytes) || first_bytes.starts_with("MZ") || is_thin_mach_o(first_bytes) ||
           is_fat_mach_o(first_bytes);
}

std::optional<Executable> parse_executable(std::string_view bytes) {
    if (is_elf(bytes)) return Elf(bytes).read();
    if (bytes.starts_with("MZ")) return read_pe(bytes);
    if (is_fat_mach_o(bytes)) return read_fat_mach_o(bytes);
    return read_thin_mach_o(bytes);
}

}  // namespace berth::inventory
