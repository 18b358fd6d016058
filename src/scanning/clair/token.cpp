#include "scanning/clair/token.hpp"

#include "auth/mac.hpp"
#include "base/encoding.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <algorithm>

namespace berth::scanning::clair {

namespace {

std::string base64_url(std::string_view bytes) {
    auto text = to_base64(bytes);
    std::ranges::replace(text, '+', '-');
    std::ranges::replace(text, '/', '_');
    text.erase(std::min(text.find('='), text.size()));
    return text;
}

}  // namespace

Secret bearer(const Secret& key, const std::string& issuer, Timestamp now) {
    const auto second = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch();
    // Clocks differ a little: from a minute ago on.
    const boost::json::object claims{{"iss", issuer},
                                     {"iat", second.count()},
                                     {"nbf", (second - std::chrono::minutes(1)).count()},
                                     {"exp", (second + token_lifetime).count()}};
    const auto statement =
        base64_url(R"({"alg":"HS256","typ":"JWT"})") + '.' + base64_url(boost::json::serialize(claims));
    const auto mac = auth::hmac_sha256(key.reveal(), statement);
    return Secret("Bearer " + statement + '.' + base64_url(auth::as_text(mac)));
}

}  // namespace berth::scanning::clair
