// A request's body as a ByteSource: straight from the socket into the reader's memory.
#pragma once

#include "async/byte_source.hpp"
#include "http/framing.hpp"
#include "http/request_parser.hpp"
#include "http/server.hpp"
#include "http/stream.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace berth::http {

// Serves one request after another of the same connection. Reads fail with
//   size_mismatch      the client went away, or sent less than it announced
//   deadline           the client is too slow; the session answers 408 whatever the handler says
//   invalid_parameter  broken chunks; the session answers 400 whatever the handler says
class RequestBody final : public ByteSource {
public:
    // All outlive the body.
    RequestBody(Stream& stream, RequestParser& parser, const Limits& limits)
        : stream_(stream), parser_(parser), limits_(limits) {}

    // A new message whose header has just been parsed. `early` are the bytes that arrived with it; they may belong to
    // the next message as well. They stay where they are until the body was read.
    void begin(const Framing& framing, std::string_view early);

    Task<Result<std::size_t>> read_some(std::span<std::byte> out) override;
    [[nodiscard]] std::optional<std::uint64_t> remaining() const override;

    // Whether the connection can be used again: the body is read, or so little of it is left that finish() will.
    [[nodiscard]] bool can_finish();
    // Reads and drops what is left. False when the connection cannot be used again after all.
    Task<bool> finish();
    // What arrived and does not belong to this message. Valid until the next read or begin().
    [[nodiscard]] std::string_view left_over() const;

    // Gives memory back until the next begin(); what was left over is forgotten.
    void release();

    // The status that must be sent in place of the handler's answer, or 0.
    [[nodiscard]] int refusal() const { return refusal_; }
    // True while a client sends less than Limits::min_body_bytes_per_second. Asked by the thread's tick.
    [[nodiscard]] bool is_too_slow(Stream::Time::time_point now);
    [[nodiscard]] bool ended() const { return state_ == State::ended; }

private:
    enum class State : std::uint8_t { reading, ended, failed };

    Task<IoStatus> invite();  // sends the 100 that the client waits for
    Task<Result<std::size_t>> read_length(std::span<std::byte> out);
    Task<Result<std::size_t>> read_chunks(std::span<std::byte> out);
    std::size_t decode(std::span<std::byte> out);
    Task<IoStatus> fill_chunk_buffer();
    Task<Result<std::size_t>> read_in_place(std::span<std::byte> out);
    std::unexpected<Fault> broke(IoStatus status);
    std::unexpected<Fault> malformed();
    void count(std::size_t bytes) { window_bytes_ += bytes; }

    Stream& stream_;
    RequestParser& parser_;
    const Limits& limits_;
    State state_ = State::ended;
    Framing framing_;
    int refusal_ = 0;
    std::string_view early_;          // length: bytes that came with the header, not yet taken
    std::uint64_t left_ = 0;          // length: body bytes to come
    std::vector<char> chunk_buffer_;  // chunked: as received; [chunk_at_, chunk_end_) is not decoded yet
    std::size_t chunk_at_ = 0;
    std::size_t chunk_end_ = 0;
    Stream::Time::duration window_start_{};  // of the rate: in time that was spent waiting for this client
    std::uint64_t window_bytes_ = 0;
};

}  // namespace berth::http
