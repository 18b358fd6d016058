#include "auth/sigv4_text.hpp"

#include "base/encoding.hpp"

#include <algorithm>

namespace berth::auth::sigv4 {

namespace {

constexpr char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}
constexpr bool is_space(char c) {
    return c == ' ' || c == '\t';
}

bool same_name(std::string_view name, std::string_view lower_name) {
    return name.size() == lower_name.size() &&
           std::equal(name.begin(), name.end(), lower_name.begin(), [](char a, char b) { return lower(a) == b; });
}

std::string decode_or_keep(std::string_view text) {
    auto decoded = percent_decode(text);
    return decoded ? std::move(*decoded) : std::string(text);
}

void append_collapsed(std::string& out, std::string_view value) {
    value = trim(value);
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (!is_space(value[i])) {
            out += value[i];
        } else if (!is_space(value[i - 1])) {
            out += ' ';
        }
    }
}

}  // namespace

std::string to_lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), lower);
    return out;
}

std::string_view trim(std::string_view text) {
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    return text;
}

bool is_lower_name(std::string_view text) {
    static constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || marks.find(c) != std::string_view::npos;
    });
}

bool is_sha256_hex(std::string_view text) {
    return text.size() == 64 &&
           std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

std::optional<std::string_view> find_header(const RequestToVerify& request, std::string_view lower_name) {
    for (const auto& field : request.headers) {
        if (same_name(field.name, lower_name)) return field.value;
    }
    return std::nullopt;
}

std::string canonical_header_value(const RequestToVerify& request, std::string_view lower_name) {
    std::string text;
    bool first = true;
    for (const auto& field : request.headers) {
        if (!same_name(field.name, lower_name)) continue;
        if (!first) text += ',';
        first = false;
        append_collapsed(text, field.value);
    }
    return text;
}

std::vector<std::pair<std::string, std::string>> query_pairs(std::string_view query) {
    std::vector<std::pair<std::string, std::string>> pairs;
    while (!query.empty()) {
        const auto end = query.find('&');
        const auto part = query.substr(0, end);
        const auto equals = part.find('=');
        if (!part.empty()) {
            pairs.emplace_back(decode_or_keep(part.substr(0, equals)),
                               equals == std::string_view::npos ? "" : decode_or_keep(part.substr(equals + 1)));
        }
        query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
    }
    return pairs;
}

std::optional<std::string> query_value(std::string_view query, std::string_view name) {
    for (auto& [key, value] : query_pairs(query)) {
        if (key == name) return std::move(value);
    }
    return std::nullopt;
}

std::string canonical_query(std::string_view query) {
    auto pairs = query_pairs(query);
    std::erase_if(pairs, [](const auto& pair) { return pair.first == "X-Amz-Signature"; });
    for (auto& [name, value] : pairs) {
        name = percent_encode(name);
        value = percent_encode(value);
    }
    std::ranges::sort(pairs);
    std::string text;
    for (const auto& [name, value] : pairs) {
        if (!text.empty()) text += '&';
        text += name;
        text += '=';
        text += value;
    }
    return text;
}

std::string normalized_path(std::string_view path) {
    std::vector<std::string_view> segments;
    const bool trailing_slash = path.ends_with('/');
    while (!path.empty()) {
        const auto end = path.find('/');
        const auto segment = path.substr(0, end);
        if (segment == "..") {
            if (!segments.empty()) segments.pop_back();
        } else if (!segment.empty() && segment != ".") {
            segments.push_back(segment);
        }
        path.remove_prefix(end == std::string_view::npos ? path.size() : end + 1);
    }
    std::string text("/");
    for (const auto segment : segments) {
        if (text.size() > 1) text += '/';
        text += segment;
    }
    if (trailing_slash && text.size() > 1) text += '/';
    return text;
}

}  // namespace berth::auth::sigv4
