// Randomness and identifiers, injected so that tests can choose them.
#pragma once

#include "base/clock.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace berth {

// Thread-safe. The bytes are fit for keys.
class Random {
public:
    Random() = default;
    Random(const Random&) = delete;
    Random& operator=(const Random&) = delete;
    virtual ~Random() = default;
    virtual void fill(std::span<std::byte> out) = 0;
};

// The operating system's generator, by OpenSSL. Throws std::runtime_error when it cannot deliver.
class SystemRandom final : public Random {
public:
    void fill(std::span<std::byte> out) override;
};

// Ids of rows: 63 bits, positive, growing with time: 41 bits of milliseconds since 2020 and a 22-bit sequence that
// starts anywhere. One process never makes the same id twice (short of four million in a millisecond), several need no
// shared counter, and newer rows sort after older ones. Thread-safe.
[[nodiscard]] std::int64_t make_row_id(Timestamp now, Random& random);

// A random UUID (RFC 9562, version 4) in lower-case text, 36 characters.
[[nodiscard]] std::string make_uuid(Random& random);

}  // namespace berth
