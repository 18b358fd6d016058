#include "auth/mac.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <stdexcept>
#include <utility>

namespace berth::auth {

Hmac hmac_sha256(std::string_view key, std::string_view data) {
    Hmac mac{};
    unsigned int length = 0;
    const auto* bytes = reinterpret_cast<const unsigned char*>(data.data());
    if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes, data.size(), mac.data(), &length) ==
        nullptr) {
        throw std::runtime_error("OpenSSL cannot compute an HMAC");
    }
    return mac;
}

bool same_bytes(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

StatementKey::StatementKey(Secret key) : key_(std::move(key)) {
    if (key_.reveal().size() != size) throw std::invalid_argument("a statement key has 32 bytes");
}

Hmac StatementKey::mac(std::string_view purpose, std::string_view statement) const {
    std::string text;
    text.reserve(purpose.size() + 1 + statement.size());
    text += purpose;
    text += '\0';  // no purpose contains one, so (purpose, statement) pairs stay apart
    text += statement;
    return hmac_sha256(key_.reveal(), text);
}

std::string StatementKey::sign(std::string_view purpose, std::string_view statement) const {
    std::string all(as_text(mac(purpose, statement)));
    all += statement;
    return all;
}

bool StatementKey::verify(std::string_view purpose, std::string_view signed_bytes, std::string_view& statement) const {
    constexpr auto mac_size = std::tuple_size_v<Hmac>;
    if (signed_bytes.size() < mac_size) return false;
    const auto claimed = signed_bytes.substr(mac_size);
    if (!same_bytes(as_text(mac(purpose, claimed)), signed_bytes.substr(0, mac_size))) return false;
    statement = claimed;
    return true;
}

}  // namespace berth::auth
