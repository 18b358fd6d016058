// Bytes that are what their digest says, or end in a fault.
#pragma once

#include "archive/source.hpp"
#include "base/sha256.hpp"

#include <memory>
#include <optional>
#include <string>

namespace berth::inventory {

// "sha256:" and 64 digits: the only kind this room checks. Else unsupported or invalid_digest.
[[nodiscard]] Result<void> check_digest_form(std::string_view digest);
[[nodiscard]] std::string digest_of(std::span<const std::byte> bytes);

class VerifiedSource final : public archive::Source {
public:
    VerifiedSource(std::unique_ptr<archive::Source> bytes, std::string digest)
        : bytes_(std::move(bytes)), digest_(std::move(digest)) {}
    // digest_mismatch instead of the end.
    [[nodiscard]] Result<std::size_t> read(std::span<std::byte> into) override;

private:
    std::unique_ptr<archive::Source> bytes_;
    std::string digest_;
    Sha256 hash_;
};

}  // namespace berth::inventory
