// What Clair wants of whoever asks: a JSON Web Token signed with a key both know (RFC 7519, HS256).
#pragma once

#include "base/clock.hpp"
#include "base/secret.hpp"

#include <chrono>
#include <string>

namespace berth::scanning::clair {

inline constexpr std::chrono::minutes token_lifetime{5};

// "Bearer ..." for one request about now. `key`: the shared bytes themselves, not their base64.
[[nodiscard]] Secret bearer(const Secret& key, const std::string& issuer, Timestamp now);

}  // namespace berth::scanning::clair
