#include "inventory/verified_source.hpp"

#include "base/encoding.hpp"

#include <algorithm>

namespace berth::inventory {
namespace {

constexpr std::string_view sha256_prefix = "sha256:";

std::string text_of(const Sha256& hash) {
    const auto raw = hash.digest();
    return std::string(sha256_prefix) + to_hex({reinterpret_cast<const unsigned char*>(raw.data()), raw.size()});
}

}  // namespace

Result<void> check_digest_form(std::string_view digest) {
    if (!digest.starts_with(sha256_prefix)) {
        return fail(FaultKind::unsupported, "a digest that is not SHA-256: " + std::string(digest.substr(0, 100)));
    }
    digest.remove_prefix(sha256_prefix.size());
    const bool hex =
        std::ranges::all_of(digest, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
    if (digest.size() != 2 * Sha256::digest_bytes || !hex) return fail(FaultKind::invalid_digest, "a broken digest");
    return {};
}

std::string digest_of(std::span<const std::byte> bytes) {
    Sha256 hash;
    hash.update(bytes);
    return text_of(hash);
}

Result<std::size_t> VerifiedSource::read(std::span<std::byte> into) {
    auto got = bytes_->read(into);
    if (!got) return got;
    if (*got > 0)
        hash_.update(into.first(*got));
    else if (text_of(hash_) != digest_)
        return fail(FaultKind::digest_mismatch, "the bytes are not those of " + digest_);
    return got;
}

}  // namespace berth::inventory
