// What a request's header says about the rest of the message, and what is refused outright. Pure.
//
// Strict on purpose: two parsers that read one message differently are how requests are smuggled past a proxy, so
// anything that could be read in two ways is a 400 (RFC 9112, sections 2, 3 and 6).
#pragma once

#include "http/message.hpp"

#include <cstdint>

namespace berth::http {

struct Framing {
    enum class Body : std::uint8_t { none, length, chunked };

    Body body = Body::none;
    std::uint64_t length = 0;       // of a Body::length
    unsigned version = 11;          // 10 or 11
    bool keep_alive = true;         // what the client wants
    bool expects_continue = false;  // it waits for a 100 before it sends the body
};

// Fills `framing` (whose version is already set) from the headers; returns the status that refuses the request, or 0.
[[nodiscard]] int judge_head(const Request& request, Framing& framing);

}  // namespace berth::http
