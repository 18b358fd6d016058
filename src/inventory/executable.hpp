// ELF, PE and Mach-O files as far as readers of what a tool chain left in them need: sections by name, and bytes by the
// address they are loaded at. Views into the caller's bytes; nothing is copied, no number is trusted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace berth::inventory {

enum class ByteOrder : std::uint8_t { little, big };

// An unsigned number of 2, 4 or 8 bytes; nullopt where it would not lie within the bytes.
[[nodiscard]] std::optional<std::uint64_t> number_at(std::string_view bytes, std::uint64_t offset, std::size_t width,
                                                     ByteOrder order);
// Empty where the window would not lie within the bytes.
[[nodiscard]] std::string_view window(std::string_view bytes, std::uint64_t offset, std::uint64_t size);

struct Section {
    std::string_view name;
    std::uint64_t address = 0;  // where it is loaded
    std::string_view bytes;
};

// What is loaded as one piece.
struct Segment {
    std::uint64_t address = 0;
    std::string_view bytes;
    bool writable = false;
};

struct Executable {
    ByteOrder order = ByteOrder::little;
    std::vector<Section> sections;
    std::vector<Segment> segments;

    [[nodiscard]] const Section* section(std::string_view name) const;
    // From the address to the end of its segment; empty for an address that nothing is loaded at.
    [[nodiscard]] std::string_view at_address(std::uint64_t address) const;
};

// By the first 16 bytes: could this be one?
[[nodiscard]] bool looks_executable(std::string_view first_bytes);

// nullopt: none of the three. Of a Mach-O file for several architectures, the first one is read. Sections and segments
// that lie outside the file are left out.
[[nodiscard]] std::optional<Executable> parse_executable(std::string_view bytes);

}  // namespace berth::inventory
