#include "app/clair.hpp"

#include "app/usage_error.hpp"
#include "base/encoding.hpp"
#include "client/url.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace berth::app {

namespace {

// scheme://HOST[:PORT][/PATH], without a slash at the end.
std::string checked_url(std::string_view key, std::string url) {
    while (url.ends_with('/')) url.pop_back();
    if (!client::origin_of(url) || url.find_first_of("?#") != std::string::npos) {
        throw UsageError(std::string(key) + " = " + url + ": write http://HOST:PORT or https://HOST:PORT");
    }
    return url;
}

std::string own_url(const Config& config) {
    if (!config.clair.own_url.empty()) return checked_url("scanner.clair_layers_url", config.clair.own_url);
    if (config.public_host.empty()) {
        throw UsageError(
            "scanner.engine = clair: Clair fetches layers from this server, so set scanner.clair_layers_url to the "
            "address under which Clair reaches it, such as http://berth:5000");
    }
    return (config.tls_certificate.empty() ? "http://" : "https://") + config.public_host;
}

Secret key_bytes(const Secret& base64) {
    auto bytes = from_base64(base64.reveal());
    if (!bytes || (bytes->empty() && !base64.reveal().empty())) {
        throw UsageError(
            "scanner.clair_key is no base64; copy auth.psk.key of Clair's configuration as it stands there");
    }
    return Secret(std::move(*bytes));
}

}  // namespace

scanning::clair::Options clair_options(const Config& config) {
    auto options = config.clair;
    if (options.url.empty()) {
        throw UsageError("scanner.engine = clair: set scanner.clair_url to Clair's address, such as http://clair:6060");
    }
    options.url = checked_url("scanner.clair_url", std::move(options.url));
    options.own_url = own_url(config);
    options.key = key_bytes(config.clair_key);
    return options;
}

}  // namespace berth::app
