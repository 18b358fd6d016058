// What a registry asks for with 401: the WWW-Authenticate header (RFC 9110, 11.6.1).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace berth::pull {

struct Challenge {
    std::string scheme;                             // in lower case: basic, bearer
    std::map<std::string, std::string> parameters;  // names in lower case

    friend bool operator==(const Challenge&, const Challenge&) = default;
};

// The first challenge of the header. nullopt: none that can be read.
[[nodiscard]] std::optional<Challenge> parse_challenge(std::string_view header);

}  // namespace berth::pull
