#include "client/url.hpp"

#include <curl/urlapi.h>

#include <memory>

namespace berth::client {

namespace {

struct FreeUrl {
    void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using Url = std::unique_ptr<CURLU, FreeUrl>;

std::optional<std::string> part(CURLU* url, CURLUPart what, unsigned flags = 0) {
    char* text = nullptr;
    if (curl_url_get(url, what, &text, flags) != CURLUE_OK) return std::nullopt;
    std::string value(text);
    curl_free(text);
    return value;
}

Url parse(const std::string& text) {
    Url url(curl_url());
    if (!url || curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) return nullptr;
    return url;
}

std::optional<Origin> read_origin(CURLU* url) {
    const auto scheme = part(url, CURLUPART_SCHEME);
    const auto host = part(url, CURLUPART_HOST);
    if (!scheme || !host || host->empty() || (*scheme != "http" && *scheme != "https")) return std::nullopt;
    if (part(url, CURLUPART_USER) || part(url, CURLUPART_PASSWORD)) return std::nullopt;
    Origin origin{.text = {}, .authority = *host, .encrypted = *scheme == "https"};
    if (const auto port = part(url, CURLUPART_PORT, CURLU_NO_DEFAULT_PORT)) origin.authority += ":" + *port;
    origin.text = *scheme + "://" + origin.authority;
    return origin;
}

}  // namespace

std::optional<Origin> origin_of(std::string_view url) {
    const auto parsed = parse(std::string(url));
    return parsed ? read_origin(parsed.get()) : std::nullopt;
}

std::optional<std::string> resolve(const std::string& base, const std::string& location) {
    const auto url = parse(base);
    if (!url || curl_url_set(url.get(), CURLUPART_URL, location.c_str(), 0) != CURLUE_OK) return std::nullopt;
    if (!read_origin(url.get())) return std::nullopt;
    return part(url.get(), CURLUPART_URL);
}

}  // namespace berth::client
