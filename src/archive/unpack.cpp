#include "archive/unpack.hpp"

#include "archive/unpacking.hpp"

#include <isa-l/igzip_lib.h>

#include <algorithm>
#include <cstring>
#include <string_view>

namespace berth::archive {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::size_t magic_bytes = 6;
constexpr auto gzip_magic = "\x1f\x8b"sv;
constexpr auto zstd_magic = "\x28\xb5\x2f\xfd"sv;
constexpr auto zstd_skippable_tail = "\x2a\x4d\x18"sv;  // behind 0x50 to 0x5f
constexpr auto xz_magic =
    "\xfd"
    "7zXZ\0"sv;
constexpr auto bzip2_magic = "BZh"sv;

Result<std::vector<std::byte>> first_bytes(Source& source) {
    std::vector<std::byte> start(magic_bytes);
    std::size_t size = 0;
    while (size < start.size()) {
        auto got = source.read(std::span(start).subspan(size));
        if (!got) return fail(std::move(got));
        if (*got == 0) break;
        size += *got;
    }
    start.resize(size);
    return start;
}

bool is_zstd(std::string_view start) {
    return start.starts_with(zstd_magic) ||
           (start.size() >= 4 && (start[0] & '\xf0') == '\x50' && start.substr(1, 3) == zstd_skippable_tail);
}

}  // namespace

Result<std::unique_ptr<Source>> unpack(Source& packed, const Limits& limits) {
    auto start = first_bytes(packed);
    if (!start) return fail(std::move(start));
    const std::string_view text(reinterpret_cast<const char*>(start->data()), start->size());
    if (text.starts_with(xz_magic)) return fail(FaultKind::unsupported, "compressed with xz, which no layer may be");
    if (text.starts_with(bzip2_magic))
        return fail(FaultKind::unsupported, "compressed with bzip2, which no layer may be");
    if (text.starts_with(gzip_magic)) return unpack_deflate(packed, std::move(*start), true, ISAL_GZIP, limits);
    if (is_zstd(text)) return unpack_zstd(packed, std::move(*start), limits);
    return unpack_plain(packed, std::move(*start), limits);
}

}  // namespace berth::archive
