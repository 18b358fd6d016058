// Small secrets at rest: AES-256-GCM under the server's master key, as base64 text for a column or a setting.
#pragma once

#include "base/random.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"

#include <string>
#include <string_view>

namespace berth::auth {

// Immutable after construction; any thread (as far as `random` allows). `random` outlives it.
class SealingKey {
public:
    static constexpr std::size_t size = 32;
    // Throws std::invalid_argument when the key has another size.
    SealingKey(Secret master_key, Random& random);

    // `purpose` is authenticated but not stored: a text sealed for one purpose cannot be opened for another.
    [[nodiscard]] std::string seal(const Secret& secret, std::string_view purpose) const;
    // Fault: internal, when the text was not sealed by this key for this purpose.
    [[nodiscard]] Result<Secret> open(std::string_view sealed, std::string_view purpose) const;

private:
    Secret key_;
    Random& random_;
};

}  // namespace berth::auth
