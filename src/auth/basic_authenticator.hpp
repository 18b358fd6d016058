// Basic credentials of the data plane: `AWS:<authorization token>` to the caller behind them.
//
// Docker sends the same header with every request of twelve hours, so a header that was found good is remembered with
// its caller: the second request costs a keyed hash and one comparison instead of base64, HMAC and parsing.
#pragma once

#include "auth/token.hpp"
#include "base/clock.hpp"
#include "base/random.hpp"
#include "base/result.hpp"

#include <cstddef>
#include <memory>
#include <string_view>

namespace berth::auth {

// Thread-safe. `clock` outlives it.
class BasicAuthenticator {
public:
    static constexpr std::size_t default_capacity = 4096;

    BasicAuthenticator(StatementKey key, const Clock& clock, Random& random, std::size_t capacity = default_capacity);
    ~BasicAuthenticator();
    BasicAuthenticator(const BasicAuthenticator&) = delete;
    BasicAuthenticator& operator=(const BasicAuthenticator&) = delete;

    // `header` is the whole value of Authorization: "Basic <base64>". Faults: unauthenticated, token_expired.
    [[nodiscard]] Result<std::shared_ptr<const TokenClaims>> authenticate(std::string_view header);

    // How many headers are remembered; at most the capacity.
    [[nodiscard]] std::size_t remembered() const;

private:
    class Cache;

    [[nodiscard]] Result<TokenClaims> verify(std::string_view header, Timestamp now) const;

    StatementKey key_;
    const Clock& clock_;
    std::unique_ptr<Cache> cache_;
};

}  // namespace berth::auth
