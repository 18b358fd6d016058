#include "model/digest.hpp"

#include "base/encoding.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace berth::model {

namespace {

constexpr std::size_t prefix_length = 7;  // "sha256:" and "sha512:"

constexpr std::size_t hex_length(DigestAlgorithm algorithm) {
    return algorithm == DigestAlgorithm::sha256 ? 64 : 128;
}

constexpr bool is_hex_lower(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

}  // namespace

std::string_view to_text(DigestAlgorithm algorithm) {
    return algorithm == DigestAlgorithm::sha256 ? "sha256" : "sha512";
}

std::optional<DigestAlgorithm> parse_digest_algorithm(std::string_view text) {
    if (text == "sha256") return DigestAlgorithm::sha256;
    if (text == "sha512") return DigestAlgorithm::sha512;
    return std::nullopt;
}

std::optional<Digest> Digest::parse(std::string_view text) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const auto algorithm = parse_digest_algorithm(text.substr(0, colon));
    const auto hex = text.substr(colon + 1);
    if (!algorithm || hex.size() != hex_length(*algorithm)) return std::nullopt;
    if (!std::ranges::all_of(hex, is_hex_lower)) return std::nullopt;
    return Digest(std::string(text));
}

Digest Digest::from_bytes(DigestAlgorithm algorithm, std::string_view hash) {
    if (hash.size() * 2 != hex_length(algorithm)) throw std::logic_error("hash of a wrong length");
    const auto* bytes = reinterpret_cast<const unsigned char*>(hash.data());
    std::string text(to_text(algorithm));
    text += ':';
    text += to_hex({bytes, hash.size()});
    return Digest(std::move(text));
}

Digest Digest::of(std::string_view content, DigestAlgorithm algorithm) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
    unsigned int length = 0;
    const auto* type = algorithm == DigestAlgorithm::sha256 ? EVP_sha256() : EVP_sha512();
    if (EVP_Digest(content.data(), content.size(), hash.data(), &length, type, nullptr) != 1) {
        throw std::runtime_error("OpenSSL cannot hash");
    }
    return from_bytes(algorithm, {reinterpret_cast<const char*>(hash.data()), length});
}

DigestAlgorithm Digest::algorithm() const {
    return text().starts_with("sha256") ? DigestAlgorithm::sha256 : DigestAlgorithm::sha512;
}

std::string_view Digest::hex() const {
    return std::string_view(text()).substr(prefix_length);
}

}  // namespace berth::model
