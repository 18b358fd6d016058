// Bytes that are pulled, blocking. Everything in this room reads from a Source and most of it is one.
#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace berth::archive {

// For one thread at a time.
class Source {
public:
    Source() = default;
    Source(const Source&) = delete;
    Source& operator=(const Source&) = delete;
    virtual ~Source() = default;

    // Fills some of `into` (never empty); 0 is the end, also when asked again.
    [[nodiscard]] virtual Result<std::size_t> read(std::span<std::byte> into) = 0;
    // Passes over up to `bytes`; fewer only at the end. Those that can jump do; this one reads.
    [[nodiscard]] virtual Result<std::uint64_t> skip(std::uint64_t bytes);
};

// The bytes must outlive it.
class MemorySource final : public Source {
public:
    explicit MemorySource(std::span<const std::byte> bytes) : rest_(bytes) {}
    [[nodiscard]] Result<std::size_t> read(std::span<std::byte> into) override;
    [[nodiscard]] Result<std::uint64_t> skip(std::uint64_t bytes) override;

private:
    std::span<const std::byte> rest_;
};

// Everything that is left, or too_large with `what` in the text when it is more than `max_bytes`.
[[nodiscard]] Result<std::vector<std::byte>> read_all(Source& source, std::uint64_t max_bytes, const char* what);
// Reads to the end and forgets it: for what must be checked to its last byte.
[[nodiscard]] Result<void> drain(Source& source);

}  // namespace berth::archive
