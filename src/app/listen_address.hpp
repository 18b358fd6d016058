// HOST:PORT as people write it, IPv6 in brackets.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace berth::app {

struct ListenAddress {
    std::string host;  // without brackets
    std::uint16_t port = 0;
};

[[nodiscard]] std::optional<ListenAddress> parse_listen_address(std::string_view text);
[[nodiscard]] std::string to_text(const ListenAddress& address);

}  // namespace berth::app
