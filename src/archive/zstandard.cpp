#include "archive/unpacking.hpp"

#include <zstd.h>
#include <zstd_errors.h>

#include <stdexcept>

namespace berth::archive {
namespace {

// 128 MiB, what `zstd` itself accepts without being told otherwise.
constexpr int window_log = 27;

struct Free {
    void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

class Zstandard final : public Unpacking {
public:
    Zstandard(Source& packed, std::vector<std::byte> start, const Limits& limits)
        : Unpacking(packed, std::move(start), limits), context_(ZSTD_createDCtx()) {
        if (!context_ || ZSTD_isError(ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, window_log)) != 0) {
            throw std::runtime_error("cannot set up zstd");
        }
    }

    Result<std::size_t> read(std::span<std::byte> into) override {
        ZSTD_outBuffer out{.dst = into.data(), .size = into.size(), .pos = 0};
        while (out.pos < out.size) {
            // With nothing to flush, the library needs input; with output it still holds, it does not.
            auto more = refill();
            if (!more) return fail(std::move(more));
            if (!*more && at_frame_end_) break;
            const auto before = out.pos;
            auto step = decompress(out);
            if (!step) return fail(std::move(step));
            if (!*more && out.pos == before && !at_frame_end_) {
                return fail(FaultKind::invalid_parameter, "the compressed data end in the middle");
            }
        }
        return give(out.pos);
    }

private:
    Result<void> decompress(ZSTD_outBuffer& out) {
        const auto bytes = available();
        ZSTD_inBuffer in{.src = bytes.data(), .size = bytes.size(), .pos = 0};
        const auto answer = ZSTD_decompressStream(context_.get(), &out, &in);
        use(in.pos);
        if (ZSTD_isError(answer) != 0) {
            if (ZSTD_getErrorCode(answer) == ZSTD_error_frameParameter_windowTooLarge) {
                return fail(FaultKind::unsupported, "the zstd data need a window over 128 MiB");
            }
            return fail(FaultKind::invalid_parameter,
                        std::string("the compressed data are broken: ") + ZSTD_getErrorName(answer));
        }
        at_frame_end_ = answer == 0;
        return {};
    }

    std::unique_ptr<ZSTD_DCtx, Free> context_;
    bool at_frame_end_ = true;
};

}  // namespace

std::unique_ptr<Source> unpack_zstd(Source& packed, std::vector<std::byte> start, const Limits& limits) {
    return std::make_unique<Zstandard>(packed, std::move(start), limits);
}

}  // namespace berth::archive
