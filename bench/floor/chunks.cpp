#include "chunks.hpp"

#include <algorithm>
#include <cstring>

namespace bench::floor {

Chunks::Step Chunks::decode(std::span<const std::byte> came, std::byte* out) {
    Step step;
    while (step.consumed < came.size() && !ended() && !malformed()) {
        if (state_ != State::bytes) {
            read_frame(static_cast<char>(came[step.consumed++]));
            continue;
        }
        const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(left_, came.size() - step.consumed));
        if (out + step.produced != came.data() + step.consumed)
            std::memmove(out + step.produced, came.data() + step.consumed, part);
        step.consumed += part;
        step.produced += part;
        left_ -= part;
        if (left_ == 0) state_ = State::bytes_end;
    }
    return step;
}

void Chunks::read_frame(char byte) {
    if (byte == '\r') return;
    switch (state_) {
        case State::size:
            return read_size(byte);
        case State::size_end:
            if (byte == '\n') state_ = left_ > 0 ? State::bytes : State::trailer;
            return;
        case State::bytes_end:
            state_ = byte == '\n' ? State::size : State::malformed;
            return;
        case State::trailer:
            if (byte == '\n' && line_is_empty_) state_ = State::ended;
            line_is_empty_ = byte == '\n';
            return;
        default:
            return;
    }
}

void Chunks::read_size(char byte) {
    if (byte >= '0' && byte <= '9') {
        left_ = left_ * 16 + static_cast<std::uint64_t>(byte - '0');
    } else if ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'f') {
        left_ = left_ * 16 + static_cast<std::uint64_t>((byte | 0x20) - 'a') + 10;
    } else if (byte == '\n') {
        state_ = left_ > 0 ? State::bytes : State::trailer;
    } else if (byte == ';') {
        state_ = State::size_end;  // an extension
    } else {
        state_ = State::malformed;
    }
}

}  // namespace bench::floor
