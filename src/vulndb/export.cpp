// The bundle: the database file itself, packed by zstd. What it holds was checked when it was built, and is checked
// again when it is imported, against the SHA-256 over its content that it carries.
#include "vulndb/descriptor.hpp"
#include "vulndb/generation_file.hpp"
#include "vulndb/import.hpp"
#include "vulndb/publish.hpp"

#include <system_error>
#include <zstd.h>

#include <cstdio>
#include <memory>
#include <new>

namespace berth::vulndb {

namespace {

constexpr int compression_level = 9;

// Bytes in memory as a zstd stream.
class PackedSource final : public archive::Source {
public:
    explicit PackedSource(std::span<const std::byte> bytes)
        : in_{bytes.data(), bytes.size(), 0}, zstd_(ZSTD_createCCtx()) {
        if (!zstd_) throw std::bad_alloc();
        ZSTD_CCtx_setParameter(zstd_.get(), ZSTD_c_compressionLevel, compression_level);
        ZSTD_CCtx_setParameter(zstd_.get(), ZSTD_c_checksumFlag, 1);
        ZSTD_CCtx_setPledgedSrcSize(zstd_.get(), bytes.size());
    }

    Result<std::size_t> read(std::span<std::byte> into) override {
        ZSTD_outBuffer out{into.data(), into.size(), 0};
        while (!done_ && out.pos < out.size) {
            const auto left = ZSTD_compressStream2(zstd_.get(), &out, &in_, ZSTD_e_end);
            if (ZSTD_isError(left) != 0) return fail(FaultKind::internal, ZSTD_getErrorName(left));
            done_ = left == 0;
        }
        return out.pos;
    }

private:
    struct Free {
        void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
    };

    ZSTD_inBuffer in_;
    std::unique_ptr<ZSTD_CCtx, Free> zstd_;
    bool done_ = false;
};

}  // namespace

Result<void> export_database(const std::filesystem::path& folder, const std::filesystem::path& bundle) {
    const auto database = GenerationFile::open(database_file(folder));
    if (!database) return std::unexpected(database.error());
    auto part = bundle;
    part += ".part";
    PackedSource packed((*database)->bytes());
    std::error_code error;
    if (auto written = write_file(part, packed); !written) {
        std::filesystem::remove(part, error);
        return written;
    }
    std::filesystem::rename(part, bundle, error);
    if (error) return fail(FaultKind::unavailable, bundle.string() + ": " + error.message());
    return {};
}

}  // namespace berth::vulndb
