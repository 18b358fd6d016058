// Content digests (OCI Image 1.1, "Digests"): sha256 and sha512, lower-case hexadecimal.
#pragma once

#include "model/text_value.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace berth::model {

enum class DigestAlgorithm : std::uint8_t { sha256, sha512 };

[[nodiscard]] std::string_view to_text(DigestAlgorithm algorithm);
[[nodiscard]] std::optional<DigestAlgorithm> parse_digest_algorithm(std::string_view text);

// Its text() is the whole of it, "sha256:<64 hex>".
class Digest : public TextValue<Digest> {
public:
    [[nodiscard]] static std::optional<Digest> parse(std::string_view text);
    // From the raw hash value; its length must be the algorithm's.
    [[nodiscard]] static Digest from_bytes(DigestAlgorithm algorithm, std::string_view hash);
    // The digest of bytes in memory.
    [[nodiscard]] static Digest of(std::string_view content, DigestAlgorithm algorithm = DigestAlgorithm::sha256);

    [[nodiscard]] DigestAlgorithm algorithm() const;
    [[nodiscard]] std::string_view hex() const;

private:
    using TextValue::TextValue;
};

}  // namespace berth::model
