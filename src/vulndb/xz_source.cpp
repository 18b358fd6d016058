#include "vulndb/xz_source.hpp"

#include "base/size.hpp"

#include <lzma.h>

#include <new>
#include <vector>

namespace berth::vulndb {

namespace {

constexpr std::uint64_t max_memory = std::uint64_t{160} << 20;
constexpr std::size_t buffer_bytes = 64_KiB;

class XzSource final : public archive::Source {
public:
    XzSource(archive::Source& packed, const archive::Limits& limits)
        : packed_(packed), limits_(limits), buffer_(buffer_bytes) {
        if (lzma_stream_decoder(&stream_, max_memory, LZMA_CONCATENATED) != LZMA_OK) throw std::bad_alloc();
    }
    ~XzSource() override { lzma_end(&stream_); }

    Result<std::size_t> read(std::span<std::byte> into) override {
        stream_.next_out = reinterpret_cast<std::uint8_t*>(into.data());
        stream_.avail_out = into.size();
        while (!done_ && stream_.avail_out == into.size()) {
            if (auto fed = feed(); !fed) return fail(std::move(fed));
            const auto code = lzma_code(&stream_, at_end_ ? LZMA_FINISH : LZMA_RUN);
            if (code == LZMA_STREAM_END)
                done_ = true;
            else if (code != LZMA_OK)
                return failure(code);
        }
        if (auto kept = within_limits(); !kept) return fail(std::move(kept));
        return into.size() - stream_.avail_out;
    }

private:
    Result<void> feed() {
        if (stream_.avail_in > 0 || at_end_) return {};
        const auto got = packed_.read(buffer_);
        if (!got) return std::unexpected(got.error());
        at_end_ = *got == 0;
        stream_.next_in = reinterpret_cast<const std::uint8_t*>(buffer_.data());
        stream_.avail_in = *got;
        return {};
    }

    [[nodiscard]] Result<void> within_limits() const {
        if (limits_.out_of_time && limits_.out_of_time()) return fail(FaultKind::deadline, "unpacking took too long");
        const bool bomb =
            stream_.total_out > limits_.ratio_free_bytes && stream_.total_out / limits_.ratio > stream_.total_in;
        if (bomb || stream_.total_out > limits_.unpacked_bytes)
            return fail(FaultKind::too_large, "xz: unpacks to more than is allowed");
        return {};
    }

    static std::unexpected<Fault> failure(lzma_ret code) {
        if (code == LZMA_MEMLIMIT_ERROR) return fail(FaultKind::too_large, "xz: needs a dictionary of over 128 MiB");
        if (code == LZMA_MEM_ERROR) throw std::bad_alloc();
        return fail(FaultKind::invalid_parameter, code == LZMA_BUF_ERROR ? "xz: truncated" : "xz: broken");
    }

    archive::Source& packed_;
    const archive::Limits& limits_;
    std::vector<std::byte> buffer_;
    lzma_stream stream_ = LZMA_STREAM_INIT;
    bool at_end_ = false;
    bool done_ = false;
};

}  // namespace

bool is_xz(std::string_view start) {
    return start.starts_with(
        std::string_view("\xfd"
                         "7zXZ\0",
                         6));
}

std::unique_ptr<archive::Source> unpack_xz(archive::Source& packed, const archive::Limits& limits) {
    return std::make_unique<XzSource>(packed, limits);
}

}  // namespace berth::vulndb
