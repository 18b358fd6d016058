#include "worker/frames.hpp"

#include "inventory/codec.hpp"

#include <algorithm>
#include <utility>

namespace berth::worker {
namespace {

using inventory::Reader;
using inventory::Writer;

constexpr std::uint32_t magic = 0x32574c42;  // "BLW2"

constexpr std::uint64_t most_memory = std::uint64_t{most_missed} * sizeof(inventory::MissedLink);

template <std::size_t N>
std::array<std::byte, N> little_endian(std::uint64_t value) {
    std::array<std::byte, N> bytes{};
    for (auto& byte : bytes) {
        byte = static_cast<std::byte>(value);
        value >>= 8U;
    }
    return bytes;
}

std::uint64_t number_of(std::span<const std::byte> bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = bytes.size(); i > 0; --i) value = value << 8U | std::to_integer<std::uint64_t>(bytes[i - 1]);
    return value;
}

void write(Writer& out, const std::vector<inventory::MissedLink>& missed) {
    out.list(missed, [&](const auto& link) {
        out.text(link.target);
        out.text(link.path);
    });
}

std::vector<inventory::MissedLink> read_missed(Reader& in) {
    std::vector<inventory::MissedLink> missed;
    in.list(sizeof(inventory::MissedLink), [&] {
        auto target = in.text();
        missed.push_back({.target = std::move(target), .path = in.text()});
    });
    return missed;
}

// What a layer can be, as a reason why it is not scanned. Anything else would be a word about the server.
bool is_of_layers(FaultKind kind) {
    switch (kind) {
        case FaultKind::too_large:
        case FaultKind::deadline:
        case FaultKind::invalid_parameter:
        case FaultKind::unsupported:
        case FaultKind::internal:
            return true;
        default:
            return false;
    }
}

}  // namespace

std::string encode(const Request& request) {
    Writer out;
    const auto& layer = request.limits.layer;
    for (const std::uint64_t value :
         {layer.packed_bytes, layer.unpacked_bytes, layer.ratio, layer.ratio_free_bytes, layer.entries,
          std::uint64_t{layer.path_bytes}, std::uint64_t{layer.path_depth},
          std::uint64_t{request.limits.found_bytes_of_layer}, std::uint64_t{request.limits.problems_of_layer}}) {
        out.number(value);
    }
    write(out, request.missed);
    return out.bytes();
}

std::optional<Request> decode_request(std::string_view head) {
    Reader in(head, most_memory);
    Request request;
    auto& layer = request.limits.layer;
    layer.packed_bytes = in.number();
    layer.unpacked_bytes = in.number();
    layer.ratio = in.number();
    layer.ratio_free_bytes = in.number();
    layer.entries = in.number();
    layer.path_bytes = in.number();
    layer.path_depth = in.number();
    request.limits.found_bytes_of_layer = in.number();
    request.limits.problems_of_layer = in.number();
    request.missed = read_missed(in);
    if (!in.done()) return std::nullopt;
    return request;
}

std::string encode(const std::vector<inventory::MissedLink>& missed) {
    Writer out;
    write(out, missed);
    return out.bytes();
}

std::optional<std::vector<inventory::MissedLink>> decode_missed(std::string_view bytes) {
    Reader in(bytes, most_memory);
    auto missed = read_missed(in);
    if (!in.done()) return std::nullopt;
    return missed;
}

std::array<std::byte, AnswerHead::bytes> encode(const AnswerHead& head) {
    std::array<std::byte, AnswerHead::bytes> bytes{};
    bytes[0] = static_cast<std::byte>(head.kind);
    bytes[1] = static_cast<std::byte>(head.last ? 1 : 0);
    bytes[2] = static_cast<std::byte>(head.fault);
    std::ranges::copy(little_endian<4>(magic), bytes.begin() + 4);
    std::ranges::copy(little_endian<8>(head.size), bytes.begin() + 8);
    return bytes;
}

std::optional<AnswerHead> decode_answer(std::span<const std::byte, AnswerHead::bytes> bytes) {
    const auto kind = std::to_integer<unsigned>(bytes[0]);
    if (number_of(bytes.subspan(4, 4)) != magic || kind > std::to_underlying(AnswerKind::fault)) return std::nullopt;
    if (std::to_integer<unsigned>(bytes[1]) > 1) return std::nullopt;
    const auto fault = static_cast<FaultKind>(std::to_integer<unsigned>(bytes[2]));
    const AnswerHead head{.kind = static_cast<AnswerKind>(kind),
                          .last = bytes[1] == std::byte{1},
                          .fault = fault,
                          .size = number_of(bytes.subspan(8, 8))};
    if (head.kind == AnswerKind::fault && (!is_of_layers(fault) || head.size > largest_message)) return std::nullopt;
    return head;
}

std::array<std::byte, 4> encode_piece_size(std::size_t size) {
    return little_endian<4>(size);
}
std::size_t decode_piece_size(std::span<const std::byte, 4> bytes) {
    return number_of(bytes);
}
std::array<std::byte, 8> encode_size(std::uint64_t size) {
    return little_endian<8>(size);
}
std::uint64_t decode_size(std::span<const std::byte, 8> bytes) {
    return number_of(bytes);
}

}  // namespace berth::worker
