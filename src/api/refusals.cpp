#include "api/refusals.hpp"

#include <algorithm>
#include <array>

namespace berth::api {

namespace {

using enum http::Refused::Hint;

constexpr std::array rows{
    RefusalRow{400, none, "SerializationException", "UNSUPPORTED",
               "The request is not valid HTTP/1.1: its request line, a header or a chunk of its body is broken, or a "
               "header that may stand once stands twice."},
    RefusalRow{400, not_http, "SerializationException", "UNSUPPORTED",
               "What arrived is not HTTP. This port speaks HTTP without TLS; check the scheme of the URL."},
    RefusalRow{400, http_upon_tls, "SerializationException", "UNSUPPORTED",
               "The client sent an HTTP request to an HTTPS server; begin the URL with https://."},
    RefusalRow{408, none, "RequestTimeoutException", "UNAVAILABLE", "The request came too slowly; send it again."},
    RefusalRow{413, none, "InvalidParameterException", "SIZE_INVALID", "The body of the request is too large."},
    RefusalRow{417, none, "InvalidParameterException", "UNSUPPORTED",
               "The only expectation this server can meet is 100-continue."},
    RefusalRow{431, none, "InvalidParameterException", "UNSUPPORTED",
               "Request line and headers together are larger than this server takes (limits.header_bytes)."},
    RefusalRow{501, none, "InvalidParameterException", "UNSUPPORTED",
               "This transfer coding is not supported; send chunked, or a Content-Length."},
    RefusalRow{503, none, "ServiceUnavailable", "UNAVAILABLE",
               "The server has too many connections, or is starting or stopping; try again soon."},
    RefusalRow{500, none, "ServerException", "UNKNOWN",
               "The request failed; the server's log says why under its request id."},
};

}  // namespace

const RefusalRow& refusal_row(int status, http::Refused::Hint hint) {
    const auto fits = [&](const RefusalRow& row) { return row.status == status && row.hint == hint; };
    const auto found = std::ranges::find_if(rows, fits);
    return found == rows.end() ? rows.back() : *found;
}

}  // namespace berth::api
