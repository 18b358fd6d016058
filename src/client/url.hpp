// What is told from a URL before libcurl gets it: where a request goes, and where a redirect leads.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace berth::client {

struct Origin {
    std::string text;       // scheme://authority
    std::string authority;  // host[:port], as the Host header shows it: without the scheme's own port
    bool encrypted = false;
    friend bool operator==(const Origin&, const Origin&) = default;
};

// nullopt: not an http or https URL, or one with a user in it.
[[nodiscard]] std::optional<Origin> origin_of(std::string_view url);
// Where `location` leads from `base`; nullopt: not to an http or https URL.
[[nodiscard]] std::optional<std::string> resolve(const std::string& base, const std::string& location);

}  // namespace berth::client
