#include "scanning/image_config.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <utility>

namespace berth::scanning {
namespace {

Task<Result<std::string>> read_all(store::BlobStore& blobs, std::string key, std::uint64_t size) {
    auto reader = co_await blobs.open(key);
    if (!reader) co_return fail(FaultKind::unavailable, "it cannot be read from the blob store");
    std::string bytes(size, '\0');
    for (std::size_t at = 0; at < bytes.size();) {
        const auto rest = std::as_writable_bytes(std::span(bytes).subspan(at));
        const auto got = co_await (*reader)->read_at(at, rest);
        if (!got || *got == 0) co_return fail(FaultKind::unavailable, "it cannot be read from the blob store");
        at += *got;
    }
    co_return bytes;
}

}  // namespace

Task<Result<inventory::Config>> image_config(registry::Services& services, model::RepositoryId repository,
                                             model::Digest config) {
    model::Blob blob;
    std::string bytes;
    auto found = co_await services.metadata.read([&](store::Transaction& tx) -> Result<bool> {
        auto present = tx.blobs().find(repository, config);
        if (!present) return fail(FaultKind::blob_not_found, "the repository does not have it");
        blob = std::move(*present);
        if (blob.location.key.empty()) bytes = tx.blobs().inline_bytes(config).value_or("");
        return true;
    });
    if (!found) co_return fail(std::move(found));
    if (blob.size > inventory::max_document_bytes) co_return fail(FaultKind::too_large, "it is too large for one");
    if (!blob.location.key.empty()) {
        auto read = co_await read_all(services.blobs, blob.location.key, blob.size);
        if (!read) co_return fail(std::move(read));
        bytes = std::move(*read);
    }
    co_return inventory::parse_config(bytes);
}

}  // namespace berth::scanning
