// Regular expressions of a policy (an extension): RE2, so that time grows with the text alone, with little memory each.
// For the .cpp files of this room.
#pragma once

#include <re2/re2.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace berth::lifecycle {

inline constexpr std::size_t max_regex_length = 256;
inline constexpr std::size_t max_regexes = 64;  // in one policy

class Regex {
public:
    explicit Regex(std::string_view pattern);

    // What is wrong with the pattern, or nothing. A broken one matches no text.
    [[nodiscard]] std::optional<std::string> problem() const;
    [[nodiscard]] int groups() const { return compiled_->NumberOfCapturingGroups(); }

    // The whole text must match. Thread-safe.
    [[nodiscard]] bool matches(std::string_view text) const;
    // The text of the first group, empty where the group took no part; nullopt where the text does not match.
    [[nodiscard]] std::optional<std::string_view> first_group(std::string_view text) const;

private:
    std::unique_ptr<re2::RE2> compiled_;
};

}  // namespace berth::lifecycle
