#include "auth/seal.hpp"

#include "base/encoding.hpp"
#include "base/size.hpp"

#include <openssl/evp.h>

#include <array>
#include <limits>
#include <memory>
#include <span>
#include <stdexcept>
#include <utility>

namespace berth::auth {

namespace {

constexpr std::size_t nonce_size = 12;
constexpr std::size_t tag_size = 16;
constexpr std::size_t longest_secret = 1_MiB;

struct FreeContext {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}

void require(bool done) {
    if (!done) throw std::runtime_error("OpenSSL cannot encrypt with AES-256-GCM");
}

Context new_context() {
    Context context(EVP_CIPHER_CTX_new());
    require(context != nullptr);
    return context;
}

}  // namespace

SealingKey::SealingKey(Secret master_key, Random& random) : key_(std::move(master_key)), random_(random) {
    if (key_.reveal().size() != size) throw std::invalid_argument("a master key has 32 bytes");
}

std::string SealingKey::seal(const Secret& secret, std::string_view purpose) const {
    const auto plain = secret.reveal();
    if (plain.size() > longest_secret) throw std::invalid_argument("too long to be sealed");
    std::string sealed(nonce_size + plain.size() + tag_size, '\0');
    random_.fill(std::as_writable_bytes(std::span(sealed.data(), nonce_size)));

    const auto context = new_context();
    auto* const out = bytes_of(sealed);
    int length = 0;
    require(EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, bytes_of(key_.reveal()), out) == 1);
    require(EVP_EncryptUpdate(context.get(), nullptr, &length, bytes_of(purpose), static_cast<int>(purpose.size())) ==
            1);
    require(EVP_EncryptUpdate(context.get(), out + nonce_size, &length, bytes_of(plain),
                              static_cast<int>(plain.size())) == 1);
    auto* const tag = out + nonce_size + plain.size();
    require(EVP_EncryptFinal_ex(context.get(), tag, &length) == 1);
    require(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, static_cast<int>(tag_size), tag) == 1);
    return to_base64(sealed);
}

Result<Secret> SealingKey::open(std::string_view sealed, std::string_view purpose) const {
    auto bytes = from_base64(sealed);
    if (!bytes || bytes->size() < nonce_size + tag_size || bytes->size() > longest_secret + nonce_size + tag_size) {
        return fail(FaultKind::internal, "not a sealed secret");
    }
    const auto plain_size = bytes->size() - nonce_size - tag_size;
    std::string plain(plain_size, '\0');

    const auto context = new_context();
    auto* const in = bytes_of(*bytes);
    int length = 0;
    require(EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, bytes_of(key_.reveal()), in) == 1);
    require(EVP_DecryptUpdate(context.get(), nullptr, &length, bytes_of(purpose), static_cast<int>(purpose.size())) ==
            1);
    require(EVP_DecryptUpdate(context.get(), bytes_of(plain), &length, in + nonce_size, static_cast<int>(plain_size)) ==
            1);
    auto* const tag = in + nonce_size + plain_size;
    require(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, static_cast<int>(tag_size), tag) == 1);
    Secret secret(std::move(plain));
    unsigned char rest = 0;
    if (EVP_DecryptFinal_ex(context.get(), &rest, &length) != 1) {
        return fail(FaultKind::internal, "a secret was not sealed with this master key");
    }
    return secret;
}

}  // namespace berth::auth
