// Bytes that somebody pulls: a request body, a blob. The reader asks, so a slow reader slows the writer down.
#pragma once

#include "async/task.hpp"
#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace berth {

// One reader at a time. A Fault ends it for good.
class ByteSource {
public:
    ByteSource() = default;
    ByteSource(const ByteSource&) = delete;
    ByteSource& operator=(const ByteSource&) = delete;
    virtual ~ByteSource() = default;

    // Waits for at least one byte and returns how many were put into `out`; 0 is the end.
    virtual Task<Result<std::size_t>> read_some(std::span<std::byte> out) = 0;
    // How many bytes are still to come, where that is known before reading (Content-Length).
    [[nodiscard]] virtual std::optional<std::uint64_t> remaining() const = 0;
};

// The whole of it, or too_large as soon as it is certain that more than `limit` bytes would come.
[[nodiscard]] Task<Result<std::string>> read_all(ByteSource& source, std::size_t limit);

// Bytes in memory as a source; keeps its own copy.
class MemorySource final : public ByteSource {
public:
    explicit MemorySource(std::string bytes) : bytes_(std::move(bytes)) {}
    Task<Result<std::size_t>> read_some(std::span<std::byte> out) override;
    [[nodiscard]] std::optional<std::uint64_t> remaining() const override { return bytes_.size() - at_; }

private:
    std::string bytes_;
    std::size_t at_ = 0;
};

}  // namespace berth
