// SipHash-1-3: a hash whose collisions nobody finds who does not know the key. For hash tables, not for signatures.
// After Aumasson and Bernstein, "SipHash: a fast short-input PRF" (2012), with 1 and 3 rounds.
#pragma once

#include <cstdint>
#include <string_view>

namespace berth::auth {

struct SipKey {
    std::uint64_t k0 = 0;
    std::uint64_t k1 = 0;
};

[[nodiscard]] std::uint64_t sip_hash(const SipKey& key, std::string_view bytes);

}  // namespace berth::auth
