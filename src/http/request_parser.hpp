// Beast's parser behind a few plain types, so that only one file pays for it. Not thread-safe; one a connection.
#pragma once

#include "http/framing.hpp"
#include "http/message.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace berth::http {

class RequestParser {
public:
    RequestParser();
    ~RequestParser();
    RequestParser(const RequestParser&) = delete;
    RequestParser& operator=(const RequestParser&) = delete;

    // Parses one whole header, through its empty line, and begins a new message. The views put into `request` point
    // into `head`. Returns the status that refuses the request, or 0.
    [[nodiscard]] int parse_head(std::string_view head, Request& request, Framing& framing);

    struct Decoded {
        std::size_t consumed = 0;  // of the input; the rest is to be offered again, followed by more
        std::size_t produced = 0;  // body bytes put into the output
        bool finished = false;     // the last chunk and its trailers are behind
        bool malformed = false;
    };
    // Takes the chunks apart that follow a chunked head. Trailers are read and dropped.
    // `out` may be the memory of `in`: what is written never overtakes what is read.
    [[nodiscard]] Decoded decode_chunks(std::string_view in, std::span<std::byte> out);

private:
    class Machine;
    struct Holder;
    std::unique_ptr<Holder> holder_;
};

}  // namespace berth::http
