#include "http/framing.hpp"

#include "http/text.hpp"

#include <charconv>

namespace berth::http {

namespace {

// The headers that decide where a message ends and for whom it is, gathered in one pass.
struct Decisive {
    int hosts = 0;
    int authorizations = 0;
    int lengths = 0;
    int encodings = 0;
    std::string_view length;
    std::string_view encoding;
    std::string_view expect;
    bool close = false;
    bool keep_alive = false;
};

void read_connection(std::string_view value, Decisive& found) {
    while (!value.empty()) {
        const auto comma = value.find(',');
        const auto option = trim(value.substr(0, comma));
        if (same_name(option, "close")) found.close = true;
        if (same_name(option, "keep-alive")) found.keep_alive = true;
        value = comma == std::string_view::npos ? std::string_view{} : value.substr(comma + 1);
    }
}

Decisive gather(const Request& request) {
    Decisive found;
    for (const auto& [name, value] : request.headers) {
        // By length first: most headers are none of these and cost one comparison.
        switch (name.size()) {
            case 4:
                if (same_name(name, "host")) ++found.hosts;
                break;
            case 6:
                if (same_name(name, "expect")) found.expect = value;
                break;
            case 10:
                if (same_name(name, "connection")) read_connection(value, found);
                break;
            case 13:
                if (same_name(name, "authorization")) ++found.authorizations;
                break;
            case 14:
                if (same_name(name, "content-length")) ++found.lengths, found.length = value;
                break;
            case 17:
                if (same_name(name, "transfer-encoding")) ++found.encodings, found.encoding = value;
                break;
            default:
                break;
        }
    }
    return found;
}

bool is_origin_form(std::string_view target) {
    if (target.empty() || target.front() != '/') return false;
    for (const char c : target) {
        if (c <= 0x20 || c >= 0x7F || c == '#') return false;
    }
    return true;
}

int read_length(std::string_view text, Framing& framing) {
    const auto* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, framing.length);
    if (error != std::errc{} || stop != end) return 400;
    framing.body = framing.length == 0 ? Framing::Body::none : Framing::Body::length;
    return 0;
}

}  // namespace

int judge_head(const Request& request, Framing& framing) {
    const auto found = gather(request);
    if (!is_origin_form(request.target)) return 400;
    if (found.hosts > 1 || (found.hosts == 0 && framing.version == 11)) return 400;
    if (found.authorizations > 1) return 400;
    if (found.lengths + found.encodings > 1) return 400;
    if (found.encodings == 1) {
        if (framing.version == 10) return 400;
        if (!same_name(found.encoding, "chunked")) return 501;
        framing.body = Framing::Body::chunked;
    }
    if (found.lengths == 1) {
        if (const int refusal = read_length(found.length, framing)) return refusal;
    }
    if (!found.expect.empty() && framing.version == 11) {
        if (!same_name(found.expect, "100-continue")) return 417;
        framing.expects_continue = framing.body != Framing::Body::none;
    }
    framing.keep_alive = !found.close && (framing.version == 11 || found.keep_alive);
    return 0;
}

}  // namespace berth::http
