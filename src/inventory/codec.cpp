#include "inventory/codec.hpp"

#include "archive/unpack.hpp"
#include "inventory/layer_inventory.hpp"

#include <zstd.h>

#include <stdexcept>

namespace berth::inventory {

namespace {

constexpr int compression_level = 3;

}  // namespace

std::string pack(std::string_view magic, std::string_view plain) {
    std::string packed(magic);
    packed += static_cast<char>(scanner_version);
    const auto start = packed.size();
    packed.resize(start + ZSTD_compressBound(plain.size()));
    const auto size =
        ZSTD_compress(packed.data() + start, packed.size() - start, plain.data(), plain.size(), compression_level);
    if (ZSTD_isError(size) != 0) throw std::runtime_error(ZSTD_getErrorName(size));
    packed.resize(start + size);
    return packed;
}

std::optional<std::string> unpack_coded(std::string_view magic, std::string_view packed, std::uint64_t most_bytes) {
    if (!packed.starts_with(magic) || packed.size() <= magic.size() || packed[magic.size()] != scanner_version) {
        return std::nullopt;
    }
    packed.remove_prefix(magic.size() + 1);
    archive::MemorySource source({reinterpret_cast<const std::byte*>(packed.data()), packed.size()});
    const archive::Limits limits{.unpacked_bytes = most_bytes, .ratio = most_bytes};
    auto stream = archive::unpack(source, limits);
    if (!stream) return std::nullopt;
    const auto plain = archive::read_all(**stream, most_bytes, "an inventory");
    if (!plain) return std::nullopt;
    return std::string(reinterpret_cast<const char*>(plain->data()), plain->size());
}

}  // namespace berth::inventory
