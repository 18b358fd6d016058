// A stretch of a stored blob as a source, for stores that have no file to hand to the socket.
#pragma once

#include "async/byte_source.hpp"
#include "store/blob_store.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>

namespace berth::api::oci {

class BlobStream final : public ByteSource {
public:
    // Holds the reader until it is destroyed. The stretch lies within the blob.
    BlobStream(std::shared_ptr<store::BlobReader> reader, std::uint64_t offset, std::uint64_t length)
        : reader_(std::move(reader)), offset_(offset), remaining_(length) {}

    Task<Result<std::size_t>> read_some(std::span<std::byte> out) override {
        const auto wanted = out.first(static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), remaining_)));
        if (wanted.empty()) co_return std::size_t{0};
        auto got = co_await reader_->read_at(offset_, wanted);
        if (!got) co_return got;
        offset_ += *got;
        remaining_ -= *got;
        co_return got;
    }
    [[nodiscard]] std::optional<std::uint64_t> remaining() const override { return remaining_; }

private:
    std::shared_ptr<store::BlobReader> reader_;
    std::uint64_t offset_;
    std::uint64_t remaining_;
};

}  // namespace berth::api::oci
