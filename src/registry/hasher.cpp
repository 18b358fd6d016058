#include "registry/hasher.hpp"

#include <openssl/evp.h>

#include <array>
#include <stdexcept>
#include <string_view>

namespace berth::registry {

namespace {

void check(int result) {
    if (result != 1) throw std::runtime_error("OpenSSL cannot hash");
}

}  // namespace

void Hasher::Free::operator()(void* context) const {
    EVP_MD_CTX_free(static_cast<EVP_MD_CTX*>(context));
}

Hasher::Hasher(model::DigestAlgorithm algorithm) {
    if (algorithm == model::DigestAlgorithm::sha256) return;
    Sha512 state(EVP_MD_CTX_new());
    if (!state) throw std::bad_alloc();
    check(EVP_DigestInit_ex(static_cast<EVP_MD_CTX*>(state.get()), EVP_sha512(), nullptr));
    state_ = std::move(state);
}

model::DigestAlgorithm Hasher::algorithm() const {
    return std::holds_alternative<Sha256>(state_) ? model::DigestAlgorithm::sha256 : model::DigestAlgorithm::sha512;
}

void Hasher::update(std::span<const std::byte> data) {
    if (auto* sha256 = std::get_if<Sha256>(&state_)) return sha256->update(data);
    check(EVP_DigestUpdate(static_cast<EVP_MD_CTX*>(std::get<Sha512>(state_).get()), data.data(), data.size()));
}

void Hasher::update_two(Hasher& a, std::span<const std::byte> first, Hasher& b, std::span<const std::byte> second) {
    auto* sha_a = std::get_if<Sha256>(&a.state_);
    auto* sha_b = std::get_if<Sha256>(&b.state_);
    if (sha_a != nullptr && sha_b != nullptr) return Sha256::update_two(*sha_a, first, *sha_b, second);
    a.update(first);
    b.update(second);
}

model::Digest Hasher::digest() const {
    if (const auto* sha256 = std::get_if<Sha256>(&state_)) {
        return model::Digest::from_bytes(model::DigestAlgorithm::sha256, sha256->digest());
    }
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> copy(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    if (!copy) throw std::bad_alloc();
    std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
    unsigned int length = 0;
    check(EVP_MD_CTX_copy_ex(copy.get(), static_cast<EVP_MD_CTX*>(std::get<Sha512>(state_).get())));
    check(EVP_DigestFinal_ex(copy.get(), hash.data(), &length));
    return model::Digest::from_bytes(model::DigestAlgorithm::sha512,
                                     std::string_view(reinterpret_cast<const char*>(hash.data()), length));
}

}  // namespace berth::registry
