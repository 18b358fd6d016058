#include "http/message.hpp"

#include "base/encoding.hpp"
#include "http/text.hpp"

namespace berth::http {

std::optional<std::string_view> Request::header(std::string_view name) const {
    for (const auto& field : headers) {
        if (same_name(field.name, name)) return field.value;
    }
    return std::nullopt;
}

std::optional<std::string> Request::query_value(std::string_view name) const {
    auto rest = query;
    while (!rest.empty()) {
        const auto end = rest.find('&');
        const auto pair = rest.substr(0, end);
        rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
        const auto equals = pair.find('=');
        const auto key = percent_decode(pair.substr(0, equals));
        if (!key || *key != name) continue;
        return percent_decode(equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1));
    }
    return std::nullopt;
}

}  // namespace berth::http
