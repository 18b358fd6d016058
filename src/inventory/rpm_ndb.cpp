// ndb: a header, pages of slots, and blobs in units of 16 bytes, all little-endian (rpm's lib/backend/ndb).
#include "inventory/numbers.hpp"
#include "inventory/rpm_databases.hpp"

namespace berth::inventory {
namespace {

constexpr std::uint32_t header_magic = 0x506d7052;  // "RpmP"
constexpr std::uint32_t slot_magic = 0x746f6c53;    // "Slot"
constexpr std::uint32_t blob_magic = 0x53626c42;    // "BlbS"
constexpr std::size_t slot_bytes = 16;
constexpr std::size_t page_bytes = 4096;
constexpr std::size_t header_bytes = 32;
constexpr std::size_t block_bytes = 16;
constexpr std::size_t blob_head_bytes = 16;

std::unexpected<Fault> broken(const char* what) {
    return fail(FaultKind::invalid_parameter, std::string("is a broken ndb database: ") + what);
}

struct Slot {
    std::uint32_t package, block, blocks;
};

Result<std::span<const std::byte>> header_at(std::span<const std::byte> file, const Slot& slot) {
    const auto at = std::uint64_t{slot.block} * block_bytes;
    const auto size = std::uint64_t{slot.blocks} * block_bytes;
    if (at > file.size() || size > file.size() - at || size < blob_head_bytes) return broken("a package lies outside");
    const auto blob = file.subspan(at, size);
    if (little32(blob, 0) != blob_magic || little32(blob, 4) != slot.package)
        return broken("a package is not where it should be");
    const auto length = little32(blob, 12);
    if (length > size - blob_head_bytes) return broken("a package is longer than its place");
    return blob.subspan(blob_head_bytes, length);
}

}  // namespace

Result<void> read_rpm_ndb(std::span<const std::byte> file, const RpmHeaderSink& sink) {
    if (file.size() < header_bytes || little32(file, 0) != header_magic || little32(file, 4) != 0) {
        return broken("its header is wrong");
    }
    const auto slots_end = std::uint64_t{little32(file, 12)} * page_bytes;
    if (slots_end > file.size() || slots_end < header_bytes) return broken("its table lies outside");
    // Of a file that is cut off, what stands before the cut is still read.
    Result<void> all;
    for (std::size_t at = header_bytes; at < slots_end; at += slot_bytes) {
        if (little32(file, at) != slot_magic) return broken("its table is damaged");
        const Slot slot{little32(file, at + 4), little32(file, at + 8), little32(file, at + 12)};
        if (slot.package == 0) continue;  // a free one
        auto header = header_at(file, slot);
        if (!header) {
            if (all) all = fail(std::move(header));
            continue;
        }
        if (auto taken = sink(*header); !taken) return taken;
    }
    return all;
}

}  // namespace berth::inventory
