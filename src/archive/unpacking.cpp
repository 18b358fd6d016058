#include "archive/unpacking.hpp"

#include <algorithm>
#include <cstring>

namespace berth::archive {
namespace {

constexpr std::size_t packed_buffer = std::size_t{128} << 10;

class Plain final : public Unpacking {
public:
    Plain(Source& packed, std::vector<std::byte> start, const Limits& limits)
        : Unpacking(packed, std::move(start), limits) {}

    Result<std::size_t> read(std::span<std::byte> into) override {
        auto more = refill();
        if (!more) return fail(std::move(more));
        const auto bytes = available().first(std::min(into.size(), available().size()));
        if (!bytes.empty()) std::memcpy(into.data(), bytes.data(), bytes.size());
        use(bytes.size());
        return give(bytes.size());
    }
};

}  // namespace

Unpacking::Unpacking(Source& packed, std::vector<std::byte> start, const Limits& limits)
    : packed_(packed), limits_(limits), buffer_(std::move(start)), to_(buffer_.size()), packed_bytes_(to_) {}

Result<bool> Unpacking::refill() {
    if (from_ < to_) return true;
    if (auto timely = in_time(); !timely) return fail(std::move(timely));
    buffer_.resize(packed_buffer);
    auto got = packed_.read(buffer_);
    if (!got) return fail(std::move(got));
    from_ = 0;
    to_ = *got;
    packed_bytes_ += *got;
    if (packed_bytes_ > limits_.packed_bytes) {
        return fail(FaultKind::too_large,
                    "the archive is larger than the " + std::to_string(limits_.packed_bytes) + " stored bytes allowed");
    }
    return *got > 0;
}

Result<void> Unpacking::in_time() const {
    if (!limits_.out_of_time || !limits_.out_of_time()) return {};
    return fail(FaultKind::deadline, "reading the archive took too long");
}

Result<std::size_t> Unpacking::give(std::size_t bytes) {
    if (auto timely = in_time(); !timely) return fail(std::move(timely));
    unpacked_bytes_ += bytes;
    if (unpacked_bytes_ > limits_.unpacked_bytes) {
        return fail(FaultKind::too_large, "the archive holds more than the " + std::to_string(limits_.unpacked_bytes) +
                                              " unpacked bytes allowed");
    }
    if (unpacked_bytes_ > limits_.ratio_free_bytes && unpacked_bytes_ / limits_.ratio > packed_bytes_) {
        return fail(FaultKind::too_large,
                    "the archive unpacks to more than " + std::to_string(limits_.ratio) + " times its stored size");
    }
    return bytes;
}

std::unique_ptr<Source> unpack_plain(Source& packed, std::vector<std::byte> start, const Limits& limits) {
    return std::make_unique<Plain>(packed, std::move(start), limits);
}

}  // namespace berth::archive
