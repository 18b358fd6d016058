#include "registry/fsck.hpp"

#include "base/size.hpp"
#include "oci/manifest.hpp"
#include "registry/hasher.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <optional>
#include <span>
#include <utility>

namespace berth::registry {

namespace {

constexpr std::size_t page = 500;
constexpr std::size_t piece = 1_MiB;

std::span<const std::byte> bytes_of(std::string_view text) {
    return std::as_bytes(std::span(text.data(), text.size()));
}

// One run, from its first page to its report.
class Run {
public:
    Run(FsckStores stores, FsckOptions options)
        : stores_(stores), options_(std::move(options)), buffer_(piece, std::byte{0}) {
        report_.repaired = options_.repair;
    }

    Task<Result<FsckReport>> run() {
        // After the blobs: what is damaged is known then, and in a repaired store nobody has it any more.
        auto done = co_await check_blobs();
        for (const auto where : {Whereabouts::repository, Whereabouts::recycle_bin}) {
            if (done) done = co_await check_needs(where);
            if (done) done = co_await check_manifests(where);
        }
        if (done) done = co_await find_orphans();
        if (!done) co_return fail(std::move(done));
        co_return std::move(report_);
    }

private:
    template <class F>
    auto read(F work) {
        return stores_.metadata.read(std::move(work));
    }
    void tell() const {
        if (options_.progress) options_.progress(report_.checked);
    }

    Task<Result<void>> check_blobs();
    Task<Result<std::optional<Damage>>> look_at(const model::Blob& blob);
    Task<Result<std::optional<Damage>>> look_at_inline(const model::Blob& blob);
    Task<Result<std::optional<Damage>>> look_at_stored(const model::Blob& blob);
    Task<Result<void>> note_damage(const model::Blob& blob, Damage damage);
    Task<Result<void>> put_aside(const model::Blob& blob);
    Task<Result<void>> check_needs(Whereabouts where);
    void note_lost(store::Transaction& tx, Whereabouts where, model::ImageRowId image, const model::Digest& damaged,
                   Damage damage);
    Task<Result<void>> check_manifests(Whereabouts where);
    [[nodiscard]] std::optional<Damage> look_at(const model::Image& image, const std::optional<std::string>& bytes);
    void note_false_sizes(store::Transaction& tx, const model::Image& image, const std::string& bytes);
    Task<Result<void>> erase_damaged(Whereabouts where, const model::Image& image, std::optional<std::string> bytes);
    Task<Result<void>> find_orphans();
    Task<Result<void>> keep_aside(std::string_view bytes);
    // Repairing goes on with the rest.
    void note_failure(std::string what, Fault why) {
        report_.failures.push_back({.what = std::move(what), .why = std::move(why.message)});
    }

    FsckStores stores_;
    FsckOptions options_;
    FsckReport report_;
    std::vector<std::byte> buffer_;
    std::map<std::string, Damage> damaged_;  // by digest
    std::vector<std::string> keys_;          // of the blobs that are stored under one
};

Task<Result<void>> Run::check_blobs() {
    std::string after;
    for (;;) {
        auto blobs = co_await read(
            [&](store::Transaction& tx) -> Result<std::vector<model::Blob>> { return tx.blobs().page(after, page); });
        if (!blobs) co_return fail(std::move(blobs));
        if (blobs->empty()) co_return Result<void>{};
        after = blobs->back().digest.text();
        for (const auto& blob : *blobs) {
            if (!blob.location.key.empty()) keys_.push_back(blob.location.key);
            auto looked = co_await look_at(blob);
            if (!looked) co_return fail(std::move(looked));
            ++report_.checked.blobs;
            tell();
            const auto& damage = *looked;
            if (!damage) continue;
            auto noted = co_await note_damage(blob, *damage);
            if (!noted) co_return noted;
        }
    }
}

Task<Result<std::optional<Damage>>> Run::look_at(const model::Blob& blob) {
    return blob.location.key.empty() ? look_at_inline(blob) : look_at_stored(blob);
}

Task<Result<std::optional<Damage>>> Run::look_at_inline(const model::Blob& blob) {
    auto found = co_await read([&](store::Transaction& tx) -> Result<std::optional<std::string>> {
        return tx.blobs().inline_bytes(blob.digest);
    });
    if (!found) co_return Damage::unreadable;
    const auto& bytes = *found;
    if (!bytes) co_return Damage::missing;
    if (bytes->size() != blob.size) co_return Damage::wrong_size;
    if (options_.digests == Digests::trust) co_return std::optional<Damage>();
    report_.checked.bytes += blob.size;
    if (model::Digest::of(*bytes, blob.digest.algorithm()) != blob.digest) co_return Damage::wrong_content;
    co_return std::optional<Damage>();
}

Task<Result<std::optional<Damage>>> Run::look_at_stored(const model::Blob& blob) {
    auto reader = co_await stores_.blobs.open(blob.location.key);
    if (!reader) {
        const bool absent = reader.error().kind == FaultKind::blob_not_found;
        co_return absent ? Damage::missing : Damage::unreadable;
    }
    if ((*reader)->size() != blob.size) co_return Damage::wrong_size;
    if (options_.digests == Digests::trust) co_return std::optional<Damage>();
    Hasher hasher(blob.digest.algorithm());
    for (std::uint64_t at = 0; at < blob.size;) {
        auto got = co_await (*reader)->read_at(at, buffer_);
        if (!got || *got == 0) co_return Damage::unreadable;
        hasher.update(std::span(buffer_).first(*got));
        at += *got;
        report_.checked.bytes += *got;
        tell();
    }
    if (hasher.digest() != blob.digest) co_return Damage::wrong_content;
    co_return std::optional<Damage>();
}

Task<Result<void>> Run::note_damage(const model::Blob& blob, Damage damage) {
    damaged_.emplace(blob.digest.text(), damage);
    report_.blobs.push_back({.digest = blob.digest, .size = blob.size, .damage = damage, .key = blob.location.key});
    if (options_.repair == Repair::no) co_return Result<void>{};
    auto aside = co_await put_aside(blob);
    // It is not forgotten then: what cannot be kept is not given up.
    if (!aside) {
        note_failure(blob.digest.text(), std::move(aside.error()));
        co_return Result<void>{};
    }
    co_return co_await stores_.metadata.write([&](store::Transaction& tx) -> Result<void> {
        tx.blobs().forget(blob.digest);
        return {};
    });
}

// What is not there needs not be moved.
Task<Result<void>> Run::put_aside(const model::Blob& blob) {
    if (!blob.location.key.empty()) {
        auto aside = co_await stores_.blobs.set_aside(blob.location.key);
        if (!aside && aside.error().kind != FaultKind::blob_not_found) co_return aside;
        co_return Result<void>{};
    }
    auto bytes = co_await read([&](store::Transaction& tx) -> Result<std::optional<std::string>> {
        return tx.blobs().inline_bytes(blob.digest);
    });
    if (!bytes) co_return fail(std::move(bytes));
    if (!*bytes) co_return Result<void>{};
    co_return co_await keep_aside(**bytes);
}

Task<Result<void>> Run::check_needs(Whereabouts where) {
    store::BlobNeedPosition after;
    for (;;) {
        auto looked = co_await read([&](store::Transaction& tx) -> Result<bool> {
            const auto needs =
                where == Whereabouts::repository ? tx.blobs().needs(after, page) : tx.blobs().bin_needs(after, page);
            for (const auto& need : needs) {
                const auto known = damaged_.find(need.digest.text());
                if (need.held && known == damaged_.end()) continue;
                const auto damage = known == damaged_.end() ? Damage::missing : known->second;
                note_lost(tx, where, need.image, need.digest, damage);
            }
            if (needs.empty()) return false;
            const auto& last = needs.back();
            after = {.repository = last.repository, .digest = last.digest.text(), .image = last.image};
            return true;
        });
        if (!looked) co_return fail(std::move(looked));
        if (!*looked) co_return Result<void>{};
        tell();
    }
}

// Not what a deleted repository had: that is on its way out.
void Run::note_lost(store::Transaction& tx, Whereabouts where, model::ImageRowId id, const model::Digest& damaged,
                    Damage damage) {
    std::optional<store::TaggedImage> found;
    if (where == Whereabouts::repository) {
        if (auto image = tx.images().find(id)) found = {.image = std::move(*image), .tags = tx.images().tags(id)};
    } else if (auto binned = tx.bin().find(id)) {
        found = {.image = std::move(binned->image), .tags = std::move(binned->tags)};
    }
    if (!found) return;
    auto repository = tx.repositories().find(found->image.repository);
    if (!repository) return;
    report_.images.push_back(
        {.repository = {.registry = std::move(repository->registry), .name = std::move(repository->name)},
         .digest = std::move(found->image.digest),
         .tags = std::move(found->tags),
         .damaged = damaged,
         .damage = damage,
         .where = where});
}

std::optional<Damage> Run::look_at(const model::Image& image, const std::optional<std::string>& bytes) {
    if (!bytes) return Damage::missing;
    if (bytes->size() != image.manifest_size) return Damage::wrong_size;
    if (options_.digests == Digests::trust) return std::nullopt;
    report_.checked.bytes += bytes->size();
    if (model::Digest::of(*bytes, image.digest.algorithm()) != image.digest) return Damage::wrong_content;
    return std::nullopt;
}

Task<Result<void>> Run::check_manifests(Whereabouts where) {
    const bool binned = where == Whereabouts::recycle_bin;
    model::ImageRowId after{};
    for (;;) {
        auto images = co_await read([&](store::Transaction& tx) -> Result<std::vector<model::Image>> {
            return binned ? tx.bin().page(after, page) : tx.images().page(after, page);
        });
        if (!images) co_return fail(std::move(images));
        if (images->empty()) co_return Result<void>{};
        after = images->back().id;
        for (const auto& image : *images) {
            ++report_.checked.images;
            std::optional<std::string> bytes;
            auto damage = co_await read([&](store::Transaction& tx) -> Result<std::optional<Damage>> {
                bytes = binned ? tx.bin().find_manifest(image.id) : tx.images().find_manifest(image.id);
                const auto found = look_at(image, bytes);
                if (found) note_lost(tx, where, image.id, image.digest, *found);
                if (!found && !binned) note_false_sizes(tx, image, *bytes);
                return found;
            });
            if (!damage) co_return fail(std::move(damage));
            if (!*damage || options_.repair == Repair::no) continue;
            auto erased = co_await erase_damaged(where, image, std::move(bytes));
            if (!erased) co_return erased;
        }
        tell();
    }
}

void Run::note_false_sizes(store::Transaction& tx, const model::Image& image, const std::string& bytes) {
    // What is stored was accepted once, whatever the limits are today.
    const auto manifest = oci::parse_manifest(bytes, image.media_type, {.depth = 1024, .descriptors = 100'000});
    if (!manifest) return;
    const auto note = [&](const model::Descriptor& named, std::uint64_t actual) {
        if (named.size == actual) return;
        auto repository = tx.repositories().find(image.repository);
        if (!repository) return;
        report_.false_sizes.push_back(
            {.repository = {.registry = std::move(repository->registry), .name = std::move(repository->name)},
             .digest = image.digest,
             .tags = tx.images().tags(image.id),
             .named = named.digest,
             .size = named.size,
             .actual_size = actual});
    };
    for (const auto& blob : manifest->blobs) {
        if (const auto found = tx.blobs().find(blob.digest)) note(blob, found->size);
    }
    for (const auto& child : manifest->children) {
        if (const auto found = tx.images().find(image.repository, child.digest)) note(child, found->manifest_size);
    }
}

Task<Result<void>> Run::erase_damaged(Whereabouts where, const model::Image& image, std::optional<std::string> bytes) {
    if (bytes) {
        auto kept = co_await keep_aside(*bytes);
        if (!kept) {
            note_failure(image.digest.text(), std::move(kept.error()));
            co_return Result<void>{};
        }
    }
    // Its blobs have a day: whoever pushes the image again need not send them.
    const auto review_at = stores_.clock.now() + std::chrono::hours(24);
    co_return co_await stores_.metadata.write([&](store::Transaction& tx) -> Result<void> {
        if (where == Whereabouts::repository) {
            tx.images().erase(image.id, review_at);
        } else {
            tx.bin().erase(image.id, review_at, stores_.clock.now());
        }
        return {};
    });
}

Task<Result<void>> Run::find_orphans() {
    auto stored = co_await stores_.blobs.list_keys("");
    if (!stored) co_return fail(std::move(stored));
    std::ranges::sort(keys_);
    std::vector<std::string> unnamed;
    std::ranges::set_difference(*stored, keys_, std::back_inserter(unnamed));
    for (auto& name : unnamed) {
        auto known = co_await read([&](store::Transaction& tx) -> Result<bool> {
            const auto upload = model::UploadId::parse(name);
            return (upload && tx.uploads().find(*upload)) || tx.blobs().is_discarded(name);
        });
        if (!known) co_return fail(std::move(known));
        if (*known) continue;
        if (options_.repair == Repair::yes) {
            auto aside = co_await stores_.blobs.set_aside(name);
            if (!aside) note_failure(name, std::move(aside.error()));
        }
        report_.orphans.push_back(std::move(name));
    }
    co_return Result<void>{};
}

// Bytes of the metadata, beside the files that were moved aside. Under a key of their own.
Task<Result<void>> Run::keep_aside(std::string_view bytes) {
    const auto key = make_uuid(stores_.random);
    auto writer = co_await stores_.blobs.create(key, bytes.size());
    if (!writer) co_return fail(std::move(writer));
    auto written = co_await (*writer)->append(bytes_of(bytes));
    if (written) written = co_await (*writer)->commit();
    if (!written) co_return written;
    writer->reset();
    co_return co_await stores_.blobs.set_aside(key);
}

}  // namespace

std::string_view to_text(Damage damage) {
    static constexpr std::array<std::string_view, 4> words = {"missing", "unreadable", "wrong size", "wrong content"};
    return words[static_cast<std::size_t>(damage)];
}

Task<Result<FsckReport>> fsck(FsckStores stores, FsckOptions options) {
    Run run(stores, std::move(options));
    co_return co_await run.run();
}

}  // namespace berth::registry
