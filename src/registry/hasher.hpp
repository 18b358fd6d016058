// A running content hash of either algorithm.
#pragma once

#include "base/sha256.hpp"
#include "model/digest.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <variant>

namespace berth::registry {

// One user at a time.
class Hasher {
public:
    explicit Hasher(model::DigestAlgorithm algorithm);

    [[nodiscard]] model::DigestAlgorithm algorithm() const;
    void update(std::span<const std::byte> data);
    // Both at once where the processor gains by it.
    static void update_two(Hasher& a, std::span<const std::byte> first, Hasher& b, std::span<const std::byte> second);
    // The digest of everything so far; the object stays usable.
    [[nodiscard]] model::Digest digest() const;

private:
    struct Free {
        void operator()(void* context) const;
    };
    using Sha512 = std::unique_ptr<void, Free>;  // an EVP_MD_CTX
    std::variant<Sha256, Sha512> state_;
};

}  // namespace berth::registry
