#include "scanning/scan_results.hpp"

#include "registry/events.hpp"
#include "scan/basic.hpp"
#include "scanning/followed_findings.hpp"
#include "scanning/kept_findings.hpp"
#include "scanning/scan_events.hpp"
#include "scanning/scan_notes.hpp"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

namespace berth::scanning {

namespace {

// ECR's words.
constexpr std::string_view unsupported_system =
    "UnsupportedImageError: The operating system and/or package manager are not supported.";

std::optional<Timestamp> to_time(const std::optional<std::int64_t>& milliseconds) {
    if (!milliseconds) return std::nullopt;
    return Timestamp(std::chrono::milliseconds(*milliseconds));
}

// Whether they are what they were.
bool has_parts(store::Transaction& tx, model::ImageRowId image, const StoredFindings& before) {
    return std::ranges::equal(tx.inventories().followed(image), before.parts, {}, {}, &StoredFindings::Part::followed);
}

store::SeverityCounts count_stored(const StoredFindings& stored) {
    std::vector<store::FollowedPart> parts;
    parts.reserve(stored.parts.size());
    for (const auto& part : stored.parts) parts.push_back(part.followed);
    return count_parts(parts);
}

}  // namespace

// One result on its way into the store.
struct ScanResults::Change {
    model::ImageRowId image{};
    store::ScanType type = store::ScanType::basic;
    scan::Findings found;
    std::string owner;     // empty: no scan of the queue
    bool follows = false;  // as the scan began
    // Made anew whenever somebody else's result came in between.
    std::int64_t seen_revision = 0;
    StoredFindings before;
    bool by_parts = false;
    std::string bytes;
    std::string unseen;                // summary_of() the notes
    std::vector<scan::Finding> fresh;  // that the result before did not have
};

store::SeverityCounts count_findings(store::ScanType type, const std::vector<scan::Finding>& findings) {
    store::SeverityCounts counts{};
    if (type == store::ScanType::enhanced) {
        for (const auto& finding : findings) ++counts.at(static_cast<std::size_t>(finding.severity));
    } else {
        for (const auto& finding : scan::basic_findings(findings)) {
            ++counts.at(static_cast<std::size_t>(finding.severity));
        }
    }
    return counts;
}

Task<Result<bool>> ScanResults::keep(model::ImageRowId image, const WantedScan& wanted, scan::Findings findings,
                                     std::string owner) {
    if (findings.outcome == scan::Outcome::unsupported_system) {
        std::string reason(unsupported_system);
        if (!findings.reason.empty()) reason += " " + findings.reason;
        co_return co_await fail_scan(image, std::move(reason), findings.wants_advisories, std::move(owner));
    }
    Change change{.image = image,
                  .type = wanted.type,
                  .found = std::move(findings),
                  .owner = std::move(owner),
                  .follows = wanted.target.follows,
                  .before = {},
                  .bytes = {},
                  .unseen = {},
                  .fresh = {}};
    co_return co_await store_result(change);
}

Task<Result<bool>> ScanResults::replace(model::ImageRowId image, store::ScanType type, scan::Findings findings) {
    Change change{.image = image,
                  .type = type,
                  .found = std::move(findings),
                  .owner = {},
                  .follows = {},
                  .before = {},
                  .bytes = {},
                  .unseen = {},
                  .fresh = {}};
    co_return co_await store_result(change);
}

// Encoding is done outside of the transaction; a result that comes in between makes it begin again.
Task<Result<bool>> ScanResults::store_result(Change& change) {
    const auto now = services_.clock.now();
    for (;;) {
        std::optional<store::ImageScan> scan;
        auto read = co_await services_.metadata.read([&](store::Transaction& tx) -> Result<bool> {
            scan = tx.scans().find(change.image);
            change.before = stored_findings(tx, change.image);
            return true;
        });
        if (!read) co_return fail(std::move(read));
        if (!scan) co_return false;
        change.seen_revision = scan->revision;
        if (!prepare(change, *scan, now)) co_return fail(FaultKind::internal, "what was found in layers is damaged");
        std::optional<bool> written;
        auto done = co_await services_.metadata.write([&](store::Transaction& tx) -> Result<bool> {
            written.reset();
            const auto present = tx.scans().find(change.image);
            if (present && present->revision != change.seen_revision) return false;
            if (change.by_parts && !has_parts(tx, change.image, change.before)) return false;
            auto outcome = write(tx, change);
            if (!outcome) return outcome;
            written = *outcome;
            return true;
        });
        if (!done) co_return fail(std::move(done));
        if (written) co_return *written;
    }
}

bool ScanResults::prepare(Change& change, const store::ImageScan& scan, Timestamp now) const {
    change.by_parts =
        keep_ == Keep::by_parts && change.type == store::ScanType::enhanced && !change.before.parts.empty();
    change.fresh.clear();
    KeptFindings kept{.findings = change.found, .first_observed = {}};
    if (change.by_parts) {
        kept.findings.findings.clear();
        change.bytes = encode_findings(kept);
        auto whole = put_together({.own = change.bytes, .parts = change.before.parts}, false);
        if (!whole) return false;
        change.unseen = summary_of(whole->findings.notes);
        for (std::size_t i = 0; scan.completed_at && i < whole->first_observed.size(); ++i) {
            if (whole->first_observed[i] > *scan.completed_at) {
                change.fresh.push_back(std::move(whole->findings.findings[i]));
            }
        }
        return true;
    }
    change.unseen = summary_of(change.found.notes);
    std::map<std::string, Timestamp, std::less<>> known;
    const auto old = change.before.own.empty() ? std::nullopt : put_together(change.before, false);
    for (std::size_t i = 0; old && i < old->first_observed.size(); ++i) {
        known.emplace(old->findings.findings[i].id, old->first_observed[i]);
    }
    for (const auto& finding : kept.findings.findings) {
        const auto at = known.find(finding.id);
        kept.first_observed.push_back(at == known.end() ? now : at->second);
        if (at == known.end() && old) change.fresh.push_back(finding);
    }
    change.bytes = encode_findings(kept);
    return true;
}

Result<bool> ScanResults::write(store::Transaction& tx, Change& change) {
    auto scan = tx.scans().find(change.image);
    const auto image = tx.images().find(change.image);
    const bool scanned = !change.owner.empty();
    if (scanned && !tx.scans().finish(change.image, change.owner)) return false;
    if (!scan || !image || scan->type != change.type) return false;
    if (!scanned && scan->state != store::ScanState::complete) return false;
    const auto repository = tx.repositories().find(image->repository);
    if (!repository) return false;

    scan->state = store::ScanState::complete;
    scan->retryable = false;
    scan->reason = change.unseen;
    scan->completed_at = services_.clock.now();
    scan->source_updated_at = to_time(change.found.database.newest_record_at);
    scan->generation = change.found.database.generation;
    scan->counts = change.by_parts ? count_stored(change.before) : count_findings(change.type, change.found.findings);
    ++scan->revision;
    tx.scans().put(*scan);
    tx.scans().put_findings(change.image, change.bytes);
    if (!change.by_parts && !change.before.parts.empty()) tx.inventories().unfollow(change.image);

    const registry::RepositoryRef ref{.registry = repository->registry, .name = repository->name};
    if (scanned) {
        registry::announce_scan(services_, tx, registry::event::scan_complete, ref, *image,
                                scan_detail(*scan, tx.images().tags(image->id)));
    }
    if (scanned && keep_ == Keep::by_parts && scan->continuous != change.follows) {
        scan->state = store::ScanState::pending;
        tx.scans().put(*scan);
        tx.scans().enqueue(image->id, repository->id);
    }
    for (const auto& finding : change.fresh) {
        registry::announce_scan(services_, tx, registry::event::scan_finding, ref, *image, finding_detail(finding));
    }
    return true;
}

Task<Result<bool>> ScanResults::fail_scan(model::ImageRowId image, std::string reason, bool retryable,
                                          std::string owner) {
    co_return co_await services_.metadata.write([&](store::Transaction& tx) -> Result<bool> {
        if (!tx.scans().finish(image, owner)) return false;
        auto scan = tx.scans().find(image);
        const auto row = tx.images().find(image);
        const auto repository = row ? tx.repositories().find(row->repository) : std::nullopt;
        if (!scan || !repository) return false;
        scan->state = store::ScanState::failed;
        scan->retryable = retryable;
        scan->reason = reason;
        ++scan->revision;
        tx.scans().put(*scan);
        registry::announce_scan(services_, tx, registry::event::scan_complete,
                                {.registry = repository->registry, .name = repository->name}, *row,
                                scan_detail(*scan, tx.images().tags(image)));
        return true;
    });
}

}  // namespace berth::scanning
