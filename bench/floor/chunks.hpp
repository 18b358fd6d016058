// Takes a chunked body apart, piece by piece.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace bench::floor {

class Chunks {
public:
    struct Step {
        std::size_t consumed = 0;
        std::size_t produced = 0;
    };

    // Takes what came and moves the chunks' bytes to `out`, which may be where they are (it never overtakes them) and
    // has room for as many bytes. Stops behind the end of the body.
    Step decode(std::span<const std::byte> came, std::byte* out);
    bool ended() const { return state_ == State::ended; }
    bool malformed() const { return state_ == State::malformed; }

private:
    enum class State : std::uint8_t { size, size_end, bytes, bytes_end, trailer, ended, malformed };

    void read_frame(char byte);
    void read_size(char byte);

    State state_ = State::size;
    std::uint64_t left_ = 0;     // of the chunk
    bool line_is_empty_ = true;  // of the trailer
};

}  // namespace bench::floor
