// The status line and the headers of an answer, as bytes. Pure.
#pragma once

#include "http/message.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace berth::http {

enum class ConnectionHeader : std::uint8_t {
    none,  // what the version implies
    close,
    keep_alive,  // an HTTP/1.0 client has to be told
};

struct HeadFacts {
    std::optional<std::uint64_t> content_length;  // nullopt: no such header (204, 304)
    ConnectionHeader connection = ConnectionHeader::none;
    std::string_view date;  // as an IMF-fixdate
};

// False for an answer that must not go out: a status that is not final, a name that is no token, a value with a
// control character (it could end the header and begin another answer), a stream without a source.
[[nodiscard]] bool is_sendable(const Response& response);

// Appends the head of a sendable answer, through its empty line. Headers that belong to the server (Content-Length,
// Connection, Date, Server, Transfer-Encoding) are left out of response.headers.
void append_head(std::string& out, const Response& response, const HeadFacts& facts);

// The bytes the answer's body has, whatever holds it.
[[nodiscard]] std::uint64_t body_length(const Response& response);

// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, section 5.6.7) of seconds since 1970.
[[nodiscard]] std::string format_http_date(std::int64_t seconds);

}  // namespace berth::http
