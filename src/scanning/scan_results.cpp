#include "scanning/scan_results.hpp"

#include "registry/events.hpp"
#include "scan/basic.hpp"
#include "scanning/kept_findings.hpp"
#include "scanning/scan_events.hpp"

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

}  // namespace

// One result on its way into the store.
struct ScanResults::Change {
    model::ImageRowId image{};
    store::ScanType type = store::ScanType::basic;
    KeptFindings kept;
    std::string owner;  // empty: no scan of the queue
    // Made anew whenever somebody else's result came in between.
    std::int64_t seen_revision = 0;
    std::string bytes;
    std::vector<std::size_t> fresh;  // findings that the result before did not have
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

Task<Result<bool>> ScanResults::keep(model::ImageRowId image, store::ScanType type, scan::Findings findings,
                                     std::string owner) {
    if (findings.outcome == scan::Outcome::unsupported_system) {
        std::string reason(unsupported_system);
        if (!findings.reason.empty()) reason += " " + findings.reason;
        co_return co_await fail_scan(image, std::move(reason), false, std::move(owner));
    }
    Change change{.image = image,
                  .type = type,
                  .kept = {.findings = std::move(findings), .first_observed = {}},
                  .owner = std::move(owner),
                  .bytes = {},
                  .fresh = {}};
    co_return co_await store_result(change);
}

Task<Result<bool>> ScanResults::replace(model::ImageRowId image, store::ScanType type, scan::Findings findings) {
    Change change{.image = image,
                  .type = type,
                  .kept = {.findings = std::move(findings), .first_observed = {}},
                  .owner = {},
                  .bytes = {},
                  .fresh = {}};
    co_return co_await store_result(change);
}

// Encoding is done outside of the transaction; a result that comes in between makes it begin again.
Task<Result<bool>> ScanResults::store_result(Change& change) {
    const auto now = services_.clock.now();
    for (;;) {
        std::string before;
        std::optional<store::ImageScan> scan;
        auto read = co_await services_.metadata.read([&](store::Transaction& tx) -> Result<bool> {
            scan = tx.scans().find(change.image);
            before = tx.scans().findings(change.image);
            return true;
        });
        if (!read) co_return fail(std::move(read));
        if (!scan) co_return false;
        change.seen_revision = scan->revision;
        std::map<std::string, Timestamp, std::less<>> known;
        const auto old = decode_findings(before);
        for (std::size_t i = 0; old && i < old->first_observed.size(); ++i) {
            known.emplace(old->findings.findings[i].id, old->first_observed[i]);
        }
        auto& kept = change.kept;
        kept.first_observed.clear();
        change.fresh.clear();
        for (std::size_t i = 0; i < kept.findings.findings.size(); ++i) {
            const auto at = known.find(kept.findings.findings[i].id);
            kept.first_observed.push_back(at == known.end() ? now : at->second);
            if (at == known.end() && old) change.fresh.push_back(i);
        }
        change.bytes = encode_findings(kept);
        std::optional<bool> written;
        auto done = co_await services_.metadata.write([&](store::Transaction& tx) -> Result<bool> {
            written.reset();
            const auto present = tx.scans().find(change.image);
            if (present && present->revision != change.seen_revision) return false;
            auto outcome = write(tx, change);
            if (!outcome) return outcome;
            written = *outcome;
            return true;
        });
        if (!done) co_return fail(std::move(done));
        if (written) co_return *written;
    }
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

    const auto& findings = change.kept.findings;
    scan->state = store::ScanState::complete;
    scan->retryable = false;
    scan->reason.clear();
    scan->completed_at = services_.clock.now();
    scan->source_updated_at = to_time(findings.database.newest_record_at);
    scan->generation = findings.database.generation;
    scan->counts = count_findings(change.type, findings.findings);
    ++scan->revision;
    tx.scans().put(*scan);
    tx.scans().put_findings(change.image, change.bytes);

    const registry::RepositoryRef ref{.registry = repository->registry, .name = repository->name};
    if (scanned) {
        registry::announce_scan(services_, tx, registry::event::scan_complete, ref, *image,
                                scan_detail(*scan, tx.images().tags(image->id)));
    }
    for (const auto i : change.fresh) {
        registry::announce_scan(services_, tx, registry::event::scan_finding, ref, *image,
                                finding_detail(findings.findings[i]));
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
