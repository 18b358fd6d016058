// What server and worker say to each other. Numbers are little-endian; heads and lists as inventory/codec.hpp has them.
//
//   request   u64 size of the head | head: the limits, then what an earlier reading missed
//             then pieces of the layer: u32 size | bytes; a piece of size 0 ends it
//   answer    u8 kind | u8 last | u8 fault | u8 0 | u32 magic | u64 size | payload
//
// The worker answers after the last piece. With a fault it may answer before; then it ends.
#pragma once

#include "base/result.hpp"
#include "inventory/layer_inventory.hpp"
#include "inventory/limits.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace berth::worker {

inline constexpr std::size_t largest_head = std::size_t{32} << 20;
inline constexpr std::size_t most_missed = std::size_t{1} << 18;
inline constexpr std::size_t largest_piece = std::size_t{1} << 20;
inline constexpr std::size_t largest_message = 4096;

struct Request {
    inventory::Limits limits;  // but for its deadline, which is the server's
    std::vector<inventory::MissedLink> missed;
};

// The head alone, without its size.
[[nodiscard]] std::string encode(const Request& request);
[[nodiscard]] std::optional<Request> decode_request(std::string_view head);

[[nodiscard]] std::string encode(const std::vector<inventory::MissedLink>& missed);
[[nodiscard]] std::optional<std::vector<inventory::MissedLink>> decode_missed(std::string_view bytes);

enum class AnswerKind : std::uint8_t {
    inventory,  // inventory::encode_layer()
    missed,     // the layer must be read once more, with these
    fault,      // a message for people
};

struct AnswerHead {
    static constexpr std::size_t bytes = 16;

    AnswerKind kind = AnswerKind::fault;
    bool last = false;  // the worker ends now
    FaultKind fault = FaultKind::internal;
    std::uint64_t size = 0;
};

[[nodiscard]] std::array<std::byte, AnswerHead::bytes> encode(const AnswerHead& head);
// Nothing where a worker says what no worker says.
[[nodiscard]] std::optional<AnswerHead> decode_answer(std::span<const std::byte, AnswerHead::bytes> bytes);

[[nodiscard]] std::array<std::byte, 4> encode_piece_size(std::size_t size);
[[nodiscard]] std::size_t decode_piece_size(std::span<const std::byte, 4> bytes);
[[nodiscard]] std::array<std::byte, 8> encode_size(std::uint64_t size);
[[nodiscard]] std::uint64_t decode_size(std::span<const std::byte, 8> bytes);

}  // namespace berth::worker
