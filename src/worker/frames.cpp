#include "worker/frames.hpp"

#include <algorithm>
#include <utility>

namespace berth::worker {
namespace {

constexpr std::uint32_t magic = 0x31574c42;  // "BLW1"

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

class Writer {
public:
    void number(std::uint64_t value) {
        for (const auto byte : little_endian<8>(value)) text_ += static_cast<char>(byte);
    }
    void text(std::string_view value) {
        number(value.size());
        text_ += value;
    }
    [[nodiscard]] std::string take() { return std::move(text_); }

private:
    std::string text_;
};

// After the first thing that does not fit, everything is empty and done() is false.
class Reader {
public:
    explicit Reader(std::string_view bytes) : rest_(bytes) {}

    std::uint64_t number() {
        if (rest_.size() < 8) return broken();
        const auto value = number_of(std::as_bytes(std::span(rest_.substr(0, 8))));
        rest_.remove_prefix(8);
        return value;
    }
    std::string text() {
        const auto size = number();
        if (size > rest_.size()) {
            broken();
            return {};
        }
        std::string value(rest_.substr(0, size));
        rest_.remove_prefix(size);
        return value;
    }
    [[nodiscard]] std::size_t left() const { return rest_.size(); }
    [[nodiscard]] bool done() const { return ok_ && rest_.empty(); }
    std::uint64_t broken() {
        ok_ = false;
        rest_ = {};
        return 0;
    }

private:
    std::string_view rest_;
    bool ok_ = true;
};

void write(Writer& out, const std::vector<inventory::MissedLink>& missed) {
    out.number(missed.size());
    for (const auto& link : missed) {
        out.text(link.target);
        out.text(link.path);
    }
}

std::vector<inventory::MissedLink> read_missed(Reader& in) {
    const auto count = in.number();
    std::vector<inventory::MissedLink> missed;
    if (count > in.left() / 16) {  // each is two sizes at least
        in.broken();
        return missed;
    }
    for (std::uint64_t i = 0; i < count; ++i) {
        auto target = in.text();
        missed.push_back({.target = std::move(target), .path = in.text()});
    }
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
    return out.take();
}

std::optional<Request> decode_request(std::string_view head) {
    Reader in(head);
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
    return out.take();
}

std::optional<std::vector<inventory::MissedLink>> decode_missed(std::string_view bytes) {
    Reader in(bytes);
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
