#include "api/refusals.hpp"

#include <algorithm>
#include <array>

namespace berth::api {

namespace {

constexpr std::array rows{
    RefusalRow{400, "SerializationException", "UNSUPPORTED",
               "The request is not valid HTTP/1.1. If this port speaks TLS, or should, check the scheme of the URL."},
    RefusalRow{408, "RequestTimeoutException", "UNKNOWN", "The request came too slowly; send it again."},
    RefusalRow{413, "InvalidParameterException", "SIZE_INVALID", "The body of the request is too large."},
    RefusalRow{417, "InvalidParameterException", "UNSUPPORTED",
               "The only expectation this server can meet is 100-continue."},
    RefusalRow{431, "InvalidParameterException", "UNSUPPORTED",
               "Request line and headers together are larger than this server takes (limits.header_bytes)."},
    RefusalRow{501, "InvalidParameterException", "UNSUPPORTED",
               "This transfer coding is not supported; send chunked, or a Content-Length."},
    RefusalRow{503, "ServiceUnavailable", "UNAVAILABLE",
               "The server has too many connections, or is starting or stopping; try again soon."},
    RefusalRow{500, "ServerException", "UNKNOWN",
               "The request failed; the server's log says why under its request id."},
};

}  // namespace

const RefusalRow& refusal_row(int status) {
    const auto found = std::ranges::find(rows, status, &RefusalRow::status);
    return found == rows.end() ? rows.back() : *found;
}

}  // namespace berth::api
