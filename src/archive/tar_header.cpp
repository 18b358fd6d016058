#include "archive/tar_header.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace berth::archive {
namespace {

struct Field {
    std::size_t at;
    std::size_t size;
};

constexpr Field name_field{0, 100};
constexpr Field mode_field{100, 8};
constexpr Field size_field{124, 12};
constexpr Field checksum_field{148, 8};
constexpr Field link_field{157, 100};
constexpr Field magic_field{257, 6};
constexpr Field prefix_field{345, 155};
constexpr Field star_prefix_field{345, 131};
constexpr Field star_trailer_field{508, 4};

// A size and its padding must fit in 63 bits.
constexpr std::uint64_t max_size = (std::uint64_t{1} << 62);

std::string_view field(const char* block, Field where) {
    return {block + where.at, where.size};
}

std::string text(const char* block, Field where) {
    const auto all = field(block, where);
    return std::string(all.substr(0, all.find('\0')));
}

std::optional<std::uint64_t> octal(std::string_view digits) {
    const auto first = digits.find_first_not_of(std::string_view(" \0", 2));
    if (first == std::string_view::npos) return 0;
    digits.remove_prefix(first);
    digits = digits.substr(0, digits.find_first_of(std::string_view(" \0", 2)));
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 8);
    if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return value;
}

// GNU's form for large numbers: the top bit is set and the rest is the number, most significant byte first.
std::optional<std::uint64_t> base256(std::string_view bytes) {
    const auto first = static_cast<unsigned char>(bytes[0]);
    if ((first & 0x40U) != 0) return std::nullopt;  // negative
    std::uint64_t value = first & 0x3fU;
    for (const char c : bytes.substr(1)) {
        if (value >> 56U != 0) return std::nullopt;
        value = value << 8U | static_cast<unsigned char>(c);
    }
    return value;
}

std::optional<std::uint64_t> number(const char* block, Field where) {
    const auto bytes = field(block, where);
    return (static_cast<unsigned char>(bytes[0]) & 0x80U) != 0 ? base256(bytes) : octal(bytes);
}

}  // namespace

bool is_zero_block(const char* block) {
    return block[0] == '\0' && std::memcmp(block, block + 1, tar_block - 1) == 0;
}

// Counted with the checksum field as spaces; some old writers added signed characters.
bool has_right_checksum(const char* block) {
    const auto written = number(block, checksum_field);
    if (!written) return false;
    std::int64_t plain = 0;
    std::int64_t with_sign = 0;
    for (std::size_t i = 0; i < tar_block; ++i) {
        const bool inside = i >= checksum_field.at && i < checksum_field.at + checksum_field.size;
        const char c = inside ? ' ' : block[i];
        plain += static_cast<unsigned char>(c);
        with_sign += static_cast<signed char>(c);
    }
    return *written == static_cast<std::uint64_t>(plain) ||
           (with_sign >= 0 && *written == static_cast<std::uint64_t>(with_sign));
}

std::string tar_name(const char* block) {
    auto name = text(block, name_field);
    if (field(block, magic_field) != std::string_view("ustar\0", 6)) return name;
    const bool star = field(block, star_trailer_field) == std::string_view("tar\0", 4);
    const auto prefix = text(block, star ? star_prefix_field : prefix_field);
    return prefix.empty() ? name : prefix + '/' + name;
}

std::string tar_link(const char* block) {
    return text(block, link_field);
}

std::uint32_t tar_mode(const char* block) {
    return static_cast<std::uint32_t>(number(block, mode_field).value_or(0) & 07777U);
}

std::optional<std::uint64_t> tar_size(const char* block) {
    const auto size = number(block, size_field);
    return size && *size <= max_size ? size : std::nullopt;
}

bool each_pax_record(std::string_view text, const std::function<bool(std::string_view, std::string_view)>& record) {
    while (!text.empty()) {
        std::size_t length = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
        const auto digits = static_cast<std::size_t>(end - text.data());
        if (error != std::errc{} || length > text.size() || digits >= length || *end != ' ') return false;
        auto line = text.substr(digits + 1, length - digits - 1);
        if (!line.ends_with('\n')) return false;
        line.remove_suffix(1);
        const auto equals = line.find('=');
        if (equals == std::string_view::npos || equals == 0) return false;
        if (!record(line.substr(0, equals), line.substr(equals + 1))) return false;
        text.remove_prefix(length);
    }
    return true;
}

std::optional<std::uint64_t> pax_number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value > max_size) return std::nullopt;
    return value;
}

}  // namespace berth::archive
