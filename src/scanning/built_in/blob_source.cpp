#include "scanning/built_in/blob_source.hpp"

#include "base/log.hpp"

#include <algorithm>

namespace berth::scanning {
namespace {

class StoredBlob final : public ByteSource {
public:
    explicit StoredBlob(std::unique_ptr<store::BlobReader> reader, std::uint64_t size)
        : reader_(std::move(reader)), size_(size) {}

    Task<Result<std::size_t>> read_some(std::span<std::byte> out) override {
        const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), size_ - at_));
        if (wanted == 0) co_return 0U;
        auto got = co_await reader_->read_at(at_, out.first(wanted));
        if (!got) co_return got;
        if (*got == 0) co_return fail(FaultKind::unavailable, "a stored blob is shorter than it was pushed");
        at_ += *got;
        co_return got;
    }
    [[nodiscard]] std::optional<std::uint64_t> remaining() const override { return size_ - at_; }

private:
    std::unique_ptr<store::BlobReader> reader_;
    std::uint64_t size_;
    std::uint64_t at_ = 0;
};

struct Found {
    model::Blob blob;
    std::string bytes;  // of a blob that is kept inline
};

}  // namespace

Task<Result<std::unique_ptr<ByteSource>>> open_blob(registry::Services& services, model::RepositoryId repository,
                                                    model::Digest digest) {
    auto found = co_await services.metadata.read([&](store::Transaction& tx) -> Result<Found> {
        auto blob = tx.blobs().find(repository, digest);
        if (!blob) return fail(FaultKind::blob_not_found, "the repository does not have the blob " + digest.text());
        if (!blob->location.key.empty()) return Found{.blob = std::move(*blob), .bytes = {}};
        auto bytes = tx.blobs().inline_bytes(digest);
        if (!bytes) return fail(FaultKind::internal, "an inline blob has no bytes");
        return Found{.blob = std::move(*blob), .bytes = std::move(*bytes)};
    });
    if (!found) co_return fail(std::move(found));
    if (found->blob.location.key.empty()) co_return std::make_unique<MemorySource>(std::move(found->bytes));
    auto reader = co_await services.blobs.open(found->blob.location.key);
    if (!reader) {
        log::error("a layer cannot be read to be scanned",
                   {{"digest", digest.text()}, {"reason", reader.error().message}});
        co_return fail(FaultKind::unavailable, "the layer's bytes cannot be read from the blob store");
    }
    co_return std::make_unique<StoredBlob>(std::move(*reader), found->blob.size);
}

}  // namespace berth::scanning
