#include "request.hpp"

#include <algorithm>
#include <charconv>

namespace bench::floor {
namespace {

Method method_of(std::string_view bytes) {
    switch (bytes[0]) {
        case 'H':
            return Method::head;
        case 'P':
            return bytes[1] == 'O' ? Method::post : bytes[1] == 'U' ? Method::put : Method::patch;
        default:
            return Method::get;
    }
}

bool begins_with(std::string_view line, std::string_view lower) {
    return line.size() >= lower.size() && std::equal(lower.begin(), lower.end(), line.begin(),
                                                     [](char wanted, char got) { return wanted == (got | 0x20); });
}

void read_framing(std::string_view lines, Request& request) {
    constexpr std::string_view length = "content-length: ";
    constexpr std::string_view coding = "transfer-encoding: chunked";
    while (!lines.empty()) {
        const std::string_view line = lines.substr(0, lines.find("\r\n"));
        lines.remove_prefix(std::min(lines.size(), line.size() + 2));
        if (begins_with(line, length)) {
            std::from_chars(line.data() + length.size(), line.data() + line.size(), request.length);
        } else if (begins_with(line, coding)) {
            request.chunked = true;
        }
    }
}

}  // namespace

std::optional<Request> parse(std::string_view bytes) {
    const std::size_t end = bytes.find("\r\n\r\n");
    if (end == std::string_view::npos) return std::nullopt;
    Request request{.method = method_of(bytes), .target = {}, .head_bytes = end + 4};
    const std::size_t begin = bytes.find(' ') + 1;
    request.target = bytes.substr(begin, bytes.find(' ', begin) - begin);
    if (request.method == Method::get || request.method == Method::head) return request;
    const std::size_t first_line = bytes.find("\r\n") + 2;
    if (first_line < end) read_framing(bytes.substr(first_line, end - first_line), request);
    return request;
}

std::string_view query_value(std::string_view target, std::string_view name) {
    const std::size_t query = target.find('?');
    if (query == std::string_view::npos) return {};
    const std::size_t at = target.find(name, query);
    if (at == std::string_view::npos) return {};
    const std::string_view value = target.substr(at + name.size());
    return value.substr(0, value.find('&'));
}

}  // namespace bench::floor
