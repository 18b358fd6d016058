// Content for tests, and bodies that behave as networks do.
#pragma once

#include "async/byte_source.hpp"
#include "base/size.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <random>
#include <string>

namespace berth::testing {

// The same bytes for the same size and seed; others do not start alike.
inline std::string content(std::size_t size, std::uint64_t seed = 1) {
    std::mt19937_64 random(seed * 1'000'003 + size);
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; i += 8) {
        const auto word = random();
        std::memcpy(bytes.data() + i, &word, std::min<std::size_t>(8, size - i));
    }
    return bytes;
}

enum class Length : bool { hidden, announced };

struct BodyOptions {
    Length length = Length::announced;
    std::size_t piece = 64_KiB;                              // most that one read gives
    std::optional<std::size_t> breaks_after = std::nullopt;  // with `unavailable`, after so many bytes
    std::function<Task<void>()> before_read = nullptr;
};

// A body of a request.
class Body final : public ByteSource {
public:
    explicit Body(std::string bytes, BodyOptions options = {})
        : bytes_(std::move(bytes)), options_(std::move(options)) {}

    Task<Result<std::size_t>> read_some(std::span<std::byte> out) override {
        if (options_.before_read) co_await options_.before_read();
        const auto end = std::min(bytes_.size(), options_.breaks_after.value_or(bytes_.size()));
        if (options_.breaks_after && at_ == end) co_return fail(FaultKind::unavailable, "the connection broke");
        const auto count = std::min({out.size(), end - at_, options_.piece});
        if (count > 0) std::memcpy(out.data(), bytes_.data() + at_, count);
        at_ += count;
        co_return count;
    }
    [[nodiscard]] std::optional<std::uint64_t> remaining() const override {
        if (options_.length == Length::hidden) return std::nullopt;
        return bytes_.size() - at_;
    }

private:
    std::string bytes_;
    BodyOptions options_;
    std::size_t at_ = 0;
};

}  // namespace berth::testing
