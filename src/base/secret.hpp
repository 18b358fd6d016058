// A value that must not be printed: no stream operator, no formatter, wiped when it goes.
#pragma once

#include <openssl/crypto.h>

#include <string>
#include <string_view>
#include <utility>

namespace berth {

class Secret {
public:
    Secret() = default;
    explicit Secret(std::string value) : value_(std::move(value)) {}
    Secret(const Secret&) = default;
    Secret& operator=(const Secret&) = default;
    Secret(Secret&& other) noexcept : value_(std::exchange(other.value_, {})) {}
    Secret& operator=(Secret&& other) noexcept {
        value_.swap(other.value_);
        return *this;
    }
    ~Secret() { OPENSSL_cleanse(value_.data(), value_.size()); }

    // The bytes themselves; keep the view inside one expression.
    [[nodiscard]] std::string_view reveal() const { return value_; }

    // Takes as long for a wrong value as for the right one of the same length.
    [[nodiscard]] bool equals(std::string_view other) const {
        return value_.size() == other.size() && CRYPTO_memcmp(value_.data(), other.data(), other.size()) == 0;
    }

private:
    std::string value_;
};

}  // namespace berth
