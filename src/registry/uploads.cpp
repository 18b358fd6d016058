#include "registry/uploads.hpp"

#include "base/log.hpp"
#include "base/size.hpp"
#include "registry/access.hpp"
#include "registry/faults.hpp"
#include "registry/ingest.hpp"
#include "registry/live_uploads.hpp"
#include "registry/promise.hpp"
#include "registry/upload_steps.hpp"

#include <algorithm>

namespace berth::registry {

namespace {

constexpr std::size_t live_capacity = 1024;
constexpr std::uint64_t least_part = 5_MiB;  // ECR: every part but the last

Fault out_of_order(std::uint64_t received, const std::string& what) {
    return {.kind = FaultKind::invalid_range, .message = what, .received = received};
}

// A chunk must go on where the upload ends, and be as long as it says.
Result<void> check_range(const ChunkRange& range, std::uint64_t received, std::optional<std::uint64_t> length) {
    constexpr std::uint64_t beyond_any_layer = 1ULL << 62;
    if (range.last < range.first) return std::unexpected(out_of_order(received, "The chunk ends before it starts"));
    if (range.last >= beyond_any_layer) {
        return std::unexpected(out_of_order(received, "The chunk ends beyond what a layer may have"));
    }
    if (range.first != received) {
        return std::unexpected(out_of_order(received, "The chunk starts at byte " + std::to_string(range.first) +
                                                          " but the upload has " + std::to_string(received) +
                                                          " bytes"));
    }
    if (length && *length != range.last - range.first + 1) {
        return std::unexpected(out_of_order(received, "The chunk has another length than its range"));
    }
    return {};
}

void count_part(store::Upload& row, std::uint64_t bytes) {
    if (row.last_part_bytes > 0 && row.last_part_bytes < least_part) row.short_part_followed = true;
    row.last_part_bytes = bytes;
}

// A body whose length is not announced must still bring just what its range says.
class Measured final : public ByteSource {
public:
    Measured(ByteSource& source, std::uint64_t length) : source_(source), left_(length) {}
    Task<Result<std::size_t>> read_some(std::span<std::byte> out) override {
        if (left_ == 0) co_return std::size_t{0};
        const auto part = out.first(static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), left_)));
        auto got = co_await source_.read_some(part);
        if (got && *got == 0) co_return fail(FaultKind::size_mismatch, "the chunk is shorter than its range");
        if (!got) co_return got;
        left_ -= *got;
        if (left_ > 0) co_return got;
        std::byte surplus{};
        const auto more = co_await source_.read_some({&surplus, 1});
        if (!more) co_return more;
        if (*more > 0) co_return fail(FaultKind::size_mismatch, "the chunk is longer than its range");
        co_return got;
    }
    [[nodiscard]] std::optional<std::uint64_t> remaining() const override { return left_; }

private:
    ByteSource& source_;
    std::uint64_t left_;
};

// After a step that failed. What came stays and can be gone on with, but on a full disk: there the upload is over and
// gives back the space it had.
Task<void> settle_broken(Services& services, LiveUploads::Lease& lease, const Fault& broken, std::uint64_t before) {
    auto& upload = *lease.upload();
    if (broken.kind == FaultKind::storage_full) {
        const auto row = upload.row;
        lease.forget();
        auto discarded = co_await discard_upload(services, row);
        if (!discarded) log::warning("a failed upload waits for the sweep", {{"upload", row.id.text()}});
        co_return;
    }
    if (upload.content.torn || upload.content.size == before) co_return;
    auto persisted = co_await persist_progress(services, upload);
    if (!persisted) lease.forget();  // what is in memory and what is stored differ; the next request rebuilds it
}

Task<Result<void>> take_body(Services& services, LiveUpload& upload, std::optional<ChunkRange> range, ByteSource& body,
                             std::optional<std::uint64_t> expected_size) {
    Ingest ingest(services, upload.content, upload.row.key, expected_size);
    if (!range) co_return co_await ingest.take(body);
    auto fits = check_range(*range, upload.content.size, body.remaining());
    if (!fits) co_return fits;
    Measured measured(body, range->last - range->first + 1);
    co_return co_await ingest.take(measured);
}

// A key is its upload's id, and a request that still works on the upload of a deleted repository may be about to make
// the file: what is leased stays in the list for the next sweep. The rest is leased here, and only the rest is left in
// `keys`.
std::vector<LiveUploads::Lease> lease_idle(LiveUploads& live, std::vector<std::string>& keys) {
    std::vector<LiveUploads::Lease> leases;
    std::erase_if(keys, [&](const std::string& key) {
        const auto id = model::UploadId::parse(key);
        if (!id) return false;
        auto lease = live.lease(*id);
        if (!lease) return true;
        lease->forget();
        leases.push_back(std::move(*lease));
        return false;
    });
    return leases;
}

// Whoever is told so will not upload it.
Task<Result<bool>> is_here(Services& services, model::RepositoryId repository, const model::Digest& digest) {
    auto found = co_await services.metadata.read([&](store::Transaction& tx) -> Result<std::optional<model::Blob>> {
        return tx.blobs().find(repository, digest);
    });
    if (!found) co_return fail(std::move(found));
    const auto& blob = *found;
    if (!blob) co_return false;
    if (is_promised(services, *blob)) co_return true;
    co_return co_await promise(services, repository, digest);
}

// Somebody else's upload is as good as none.
bool may_use(const store::Upload& row, const Call& call, model::RepositoryId repository) {
    return row.repository == repository && row.principal_arn == call.principal.arn;
}

}  // namespace

Uploads::Uploads(Services& services) : services_(services), live_(std::make_unique<LiveUploads>(live_capacity)) {}
Uploads::~Uploads() = default;

Task<Result<model::UploadId>> Uploads::begin(const Call& call, RepositoryRef repository,
                                             std::optional<model::DigestAlgorithm> algorithm) {
    auto entered = co_await enter(services_, call, iam::action::initiate_layer_upload, repository);
    if (!entered) co_return fail(std::move(entered));
    auto row = new_upload_row(services_, call, (*entered)->id);
    const auto limit = services_.settings.uploads_per_repository;
    auto inserted = co_await services_.metadata.write(
        [&](store::Transaction& tx) -> Result<void> {
            if (tx.uploads().count(row.repository) >= limit) {
                return fail(FaultKind::too_many_requests,
                            "The repository has " + std::to_string(limit) + " uploads running; wait for one to end");
            }
            tx.uploads().insert(row);
            return {};
        },
        store::Durability::relaxed);
    if (!inserted) co_return fail(std::move(inserted));
    auto lease = live_->lease(row.id);
    const auto id = row.id;
    const auto running = algorithm.value_or(model::DigestAlgorithm::sha256);
    if (lease) lease->keep(std::make_shared<LiveUpload>(std::move(row), running));
    co_return id;
}

Task<Result<LiveUploads::Lease>> Uploads::take_up(const Call& call, iam::Action action, const UploadRef& ref) {
    auto entered = co_await enter(services_, call, action, ref.repository);
    if (!entered) co_return fail(std::move(entered));
    auto lease = live_->lease(ref.id);
    if (!lease) co_return fail(FaultKind::upload_busy, "Another request is working on this upload; try again later");
    if (lease->upload() == nullptr) {
        auto row = co_await services_.metadata.read([&](store::Transaction& tx) -> Result<store::Upload> {
            auto found = tx.uploads().find(ref.id);
            // Before the bytes are read again: that is work only the owner may cause.
            if (!found || !may_use(*found, call, (*entered)->id)) {
                return std::unexpected(upload_not_found(ref.repository, ref.id.text()));
            }
            return std::move(*found);
        });
        if (!row) co_return fail(std::move(row));
        auto rebuilt = co_await rebuild_upload(services_, std::move(*row), model::DigestAlgorithm::sha256);
        if (!rebuilt) co_return fail(std::move(rebuilt));
        lease->keep(std::move(*rebuilt));
    }
    const auto& row = lease->upload()->row;
    if (!may_use(row, call, (*entered)->id) || row.expires_at <= services_.clock.now()) {
        co_return std::unexpected(upload_not_found(ref.repository, ref.id.text()));
    }
    co_return std::move(*lease);
}

Task<Result<std::uint64_t>> Uploads::append(const Call& call, UploadRef ref, std::optional<ChunkRange> range,
                                            ByteSource& body, ChunkKind kind) {
    auto lease = co_await take_up(call, iam::action::upload_layer_part, ref);
    if (!lease) co_return fail(std::move(lease));
    auto& upload = *lease->upload();
    const std::uint64_t before = upload.content.size;
    auto taken = co_await take_body(services_, upload, range, body, std::nullopt);
    const std::uint64_t received = upload.content.size;
    if (received != before && kind == ChunkKind::part) {
        count_part(upload.row, received - before);
        upload.row_changed = true;
    }
    if (!taken) {
        co_await settle_broken(services_, *lease, taken.error(), before);
        co_return fail(std::move(taken));
    }
    auto persisted = co_await persist_progress(services_, upload);
    if (!persisted) {
        co_await settle_broken(services_, *lease, persisted.error(), received);
        lease->forget();
        co_return fail(std::move(persisted));
    }
    co_return received;
}

Task<Result<std::uint64_t>> Uploads::received(const Call& call, UploadRef ref) {
    if (const auto working = live_->peek(ref.id)) {
        auto entered = co_await enter(services_, call, iam::action::upload_layer_part, ref.repository);
        if (!entered) co_return fail(std::move(entered));
        if (!may_use(working->row, call, (*entered)->id)) {
            co_return std::unexpected(upload_not_found(ref.repository, ref.id.text()));
        }
        // Whoever works on it may be changing the row in memory; the stored one says whether it has expired.
        auto alive = co_await services_.metadata.read([&](store::Transaction& tx) -> Result<void> {
            const auto row = tx.uploads().find(ref.id);
            if (row && row->expires_at > services_.clock.now()) return {};
            return std::unexpected(upload_not_found(ref.repository, ref.id.text()));
        });
        if (!alive) co_return fail(std::move(alive));
        co_return working->content.size.load();
    }
    auto lease = co_await take_up(call, iam::action::upload_layer_part, ref);
    if (!lease) co_return fail(std::move(lease));
    co_return lease->upload()->content.size.load();
}

Task<Result<void>> Uploads::cancel(const Call& call, UploadRef ref) {
    auto lease = co_await take_up(call, iam::action::upload_layer_part, ref);
    if (!lease) co_return fail(std::move(lease));
    const auto row = lease->upload()->row;
    lease->forget();
    co_return co_await discard_upload(services_, row);
}

Task<Result<model::Blob>> Uploads::complete(const Call& call, UploadRef ref, model::Digest expected,
                                            std::optional<ChunkRange> range, ByteSource& rest) {
    auto lease = co_await take_up(call, iam::action::complete_layer_upload, ref);
    if (!lease) co_return fail(std::move(lease));
    auto& upload = *lease->upload();
    const std::uint64_t before = upload.content.size;
    std::optional<std::uint64_t> whole;
    if (const auto more = rest.remaining()) whole = before + *more;
    auto taken = co_await take_body(services_, upload, range, rest, whole);
    if (!taken) {
        co_await settle_broken(services_, *lease, taken.error(), before);
        co_return fail(std::move(taken));
    }
    co_return co_await finish(*lease, ref.repository, expected);
}

Task<Result<model::Blob>> Uploads::complete_parts(const Call& call, UploadRef ref, model::Digest expected) {
    auto lease = co_await take_up(call, iam::action::complete_layer_upload, ref);
    if (!lease) co_return fail(std::move(lease));
    const auto& upload = *lease->upload();
    if (upload.content.size == 0) {
        co_return fail(FaultKind::empty_upload, "The upload '" + ref.id.text() + "' has no layer parts");
    }
    if (upload.row.short_part_followed) {
        co_return fail(FaultKind::layer_part_too_small, "A layer part other than the last is smaller than 5 MiB");
    }
    auto present = co_await is_here(services_, upload.row.repository, expected);
    if (!present) co_return fail(std::move(present));
    if (*present) {
        co_return fail(FaultKind::layer_exists, "The layer with digest '" + expected.text() +
                                                    "' already exists in the repository with name '" +
                                                    ref.repository.name.text() + "' in registry with id '" +
                                                    ref.repository.registry.account.text() + "'");
    }
    co_return co_await finish(*lease, ref.repository, expected);
}

Task<Result<model::Blob>> Uploads::finish(LiveUploads::Lease& lease, const RepositoryRef& repository,
                                          const model::Digest& expected) {
    auto& upload = *lease.upload();
    auto right = co_await check_digest(services_, upload, expected);
    if (!right) {
        const auto row = upload.row;
        const bool wrong_content = right.error().kind == FaultKind::digest_mismatch;
        lease.forget();
        if (wrong_content) {
            auto discarded = co_await discard_upload(services_, row);
            if (!discarded) co_return fail(std::move(discarded));
        }
        co_return fail(std::move(right));
    }
    auto published = co_await publish_upload(services_, repository, upload, expected);
    if (!published) co_await settle_broken(services_, lease, published.error(), upload.content.size);
    lease.forget();  // published, or to be rebuilt from the stores by the next try
    co_return published;
}

Task<Result<model::Blob>> Uploads::push(const Call& call, RepositoryRef repository, model::Digest expected,
                                        ByteSource& body) {
    for (const auto action : {iam::action::initiate_layer_upload, iam::action::upload_layer_part}) {
        auto allowed = co_await require(services_, call, action, repository);
        if (!allowed) co_return fail(std::move(allowed));
    }
    auto entered = co_await enter(services_, call, iam::action::complete_layer_upload, repository);
    if (!entered) co_return fail(std::move(entered));
    LiveUpload upload(new_upload_row(services_, call, (*entered)->id), expected.algorithm());
    const auto length = body.remaining();
    const bool small = length && *length <= services_.settings.inline_blob_bytes;
    // The sweep leaves alone what is leased, however long it takes.
    const auto lease = small ? std::nullopt : live_->lease(upload.row.id);
    if (!small) {
        // A row before the file: whatever happens, the sweep knows where the bytes are.
        auto inserted = co_await services_.metadata.write(
            [&](store::Transaction& tx) -> Result<void> {
                tx.uploads().insert(upload.row);
                return {};
            },
            store::Durability::relaxed);
        if (!inserted) co_return fail(std::move(inserted));
    }
    auto taken = co_await take_body(services_, upload, std::nullopt, body, length);
    if (taken) taken = co_await check_digest(services_, upload, expected);
    if (!taken) {
        upload.content.writer.reset();
        if (!small) {
            auto discarded = co_await discard_upload(services_, upload.row);
            if (!discarded) co_return fail(std::move(discarded));
        }
        co_return fail(std::move(taken));
    }
    auto published = co_await publish_upload(services_, repository, upload, expected);
    // Not so when the metadata failed: what it says after the next start is not certain, and its row may need the
    // bytes.
    if (!published && !small && published.error().kind != FaultKind::unavailable) {
        upload.content.writer.reset();
        auto discarded = co_await discard_upload(services_, upload.row);
        if (!discarded) log::warning("a failed upload waits for the sweep", {{"upload", upload.row.id.text()}});
    }
    co_return published;
}

Task<Result<std::size_t>> Uploads::sweep(std::size_t limit) {
    auto expired = co_await sweep_expired(limit);
    if (!expired) co_return expired;
    auto keys = co_await services_.metadata.read(
        [&](store::Transaction& tx) -> Result<std::vector<std::string>> { return tx.blobs().discarded_keys(limit); });
    if (!keys) co_return fail(std::move(keys));
    const auto leases = lease_idle(*live_, *keys);
    if (keys->empty()) co_return *expired;
    auto removed = co_await remove_discarded(services_, *keys);
    if (!removed) co_return removed;
    co_return *expired + *removed;
}

Task<Result<std::size_t>> Uploads::sweep_expired(std::size_t limit) {
    auto expired = co_await services_.metadata.read([&](store::Transaction& tx) -> Result<std::vector<store::Upload>> {
        return tx.uploads().expired(services_.clock.now(), limit);
    });
    if (!expired) co_return fail(std::move(expired));
    std::size_t swept = 0;
    for (const auto& row : *expired) {
        auto lease = live_->lease(row.id);
        if (!lease) continue;  // its last request is still running
        lease->forget();
        auto discarded = co_await discard_if_expired(services_, row.id);
        if (!discarded) co_return fail(std::move(discarded));
        swept += *discarded ? 1 : 0;
    }
    co_return swept;
}

}  // namespace berth::registry
