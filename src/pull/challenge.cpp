#include "pull/challenge.hpp"

#include <algorithm>

namespace berth::pull {

namespace {

std::string lower(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return result;
}

void skip(std::string_view& text, std::string_view characters) {
    text.remove_prefix(std::min(text.find_first_not_of(characters), text.size()));
}

std::string_view take_word(std::string_view& text) {
    const auto word = text.substr(0, std::min(text.find_first_of(" \t=,\""), text.size()));
    text.remove_prefix(word.size());
    return word;
}

// A quoted string with its escapes, or a bare word.
std::optional<std::string> take_value(std::string_view& text) {
    if (!text.starts_with('"')) return std::string(take_word(text));
    text.remove_prefix(1);
    std::string value;
    while (!text.empty()) {
        const char c = text.front();
        text.remove_prefix(1);
        if (c == '"') return value;
        if (c == '\\' && !text.empty()) {
            value += text.front();
            text.remove_prefix(1);
        } else {
            value += c;
        }
    }
    return std::nullopt;
}

}  // namespace

std::optional<Challenge> parse_challenge(std::string_view header) {
    constexpr std::string_view space = " \t";
    constexpr std::string_view between = " \t,";
    skip(header, between);
    Challenge challenge{.scheme = lower(take_word(header)), .parameters = {}};
    if (challenge.scheme.empty()) return std::nullopt;
    for (skip(header, between); !header.empty(); skip(header, between)) {
        const auto name = take_word(header);
        skip(header, space);
        // A word without a value begins the next challenge.
        if (name.empty() || !header.starts_with('=')) break;
        header.remove_prefix(1);
        skip(header, space);
        auto value = take_value(header);
        if (!value) return std::nullopt;
        challenge.parameters.try_emplace(lower(name), std::move(*value));
    }
    return challenge;
}

}  // namespace berth::pull
