// Sends the body of an answer, in the way that suits what holds it.
#pragma once

#include "async/offload.hpp"
#include "async/task.hpp"
#include "http/message.hpp"
#include "http/stream.hpp"

#include <cstdint>
#include <string>

namespace berth::http {

struct Sent {
    IoStatus status = IoStatus::ok;  // `closed` also when the body turned out shorter than promised
    std::uint64_t body_bytes = 0;
};

// The head and then the whole body. `head` may be appended to. Nothing here waits for a disk on an I/O thread:
// parts of a file that are not in the page cache are read on `pool` first.
[[nodiscard]] Task<Sent> send_answer(Stream& stream, std::string& head, const Response& response, BlockingPool& pool);

}  // namespace berth::http
