// HMAC-SHA256, and the key this server signs its own statements with.
#pragma once

#include "base/secret.hpp"

#include <array>
#include <string>
#include <string_view>

namespace berth::auth {

using Hmac = std::array<unsigned char, 32>;

[[nodiscard]] Hmac hmac_sha256(std::string_view key, std::string_view data);
[[nodiscard]] inline std::string_view as_text(const Hmac& mac) {
    return {reinterpret_cast<const char*>(mac.data()), mac.size()};
}

// In constant time for texts of one length.
[[nodiscard]] bool same_bytes(std::string_view a, std::string_view b);

// Signs statements, each under a purpose, so that a signature for one purpose is worth nothing for another.
// Immutable after construction; any thread.
class StatementKey {
public:
    static constexpr std::size_t size = 32;
    // Throws std::invalid_argument when the key has another size.
    explicit StatementKey(Secret key);

    // The MAC followed by the statement: what verify() takes apart again.
    [[nodiscard]] std::string sign(std::string_view purpose, std::string_view statement) const;
    // The statement inside, when this key signed it for this purpose; otherwise false and `statement` is untouched.
    [[nodiscard]] bool verify(std::string_view purpose, std::string_view signed_bytes,
                              std::string_view& statement) const;

private:
    [[nodiscard]] Hmac mac(std::string_view purpose, std::string_view statement) const;
    Secret key_;
};

}  // namespace berth::auth
