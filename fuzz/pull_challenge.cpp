// What a registry asks for: any header is read or not; names come in lower case.
#include "check.hpp"
#include "pull/challenge.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto challenge = berth::pull::parse_challenge({reinterpret_cast<const char*>(data), size});
    if (!challenge) return 0;
    const auto is_name = [](std::string_view text) {
        return !text.empty() && std::ranges::none_of(text, [](char c) { return (c >= 'A' && c <= 'Z') || c == ' '; });
    };
    check(is_name(challenge->scheme));
    for (const auto& [name, value] : challenge->parameters) check(is_name(name));
    return 0;
}
