#include "scanning/clair/rematch.hpp"

#include "async/together.hpp"
#include "base/log.hpp"
#include "scanning/target.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace berth::scanning::clair {

// Of one run; its lanes take turns on one thread and wait for Clair side by side.
struct Rematch::Batch {
    std::string generation;
    std::vector<store::ImageScan> scans;
    std::size_t next = 0;
    std::size_t asked = 0;
    bool over = false;  // Clair went away, or a lane failed
};

Task<Result<RematchReport>> Rematch::run(std::size_t limit) {
    RematchReport report;
    const auto state = co_await scanner_.state();
    if (!state) {
        say_unreachable(state.error());
        co_return report;
    }
    const auto& generation = state->generation;
    said_unreachable_ = false;
    report.news = std::exchange(seen_, generation) != generation;
    auto behind =
        co_await services_.metadata.read([&](store::Transaction& tx) -> Result<std::vector<store::ImageScan>> {
            return tx.scans().behind(generation, limit);
        });
    if (!behind) co_return fail(std::move(behind));
    Batch batch{.generation = generation, .scans = std::move(*behind)};
    auto done = co_await run_lanes(batch, std::min(at_once, batch.scans.size()));
    if (!done) co_return fail(std::move(done));
    report.images = batch.asked;
    co_return report;
}

Task<Result<void>> Rematch::run_lanes(Batch& batch, std::size_t lanes) {
    if (lanes <= 1) co_return co_await run_lane(batch);
    auto ended = co_await together(run_lane(batch), run_lanes(batch, lanes - 1));
    auto& [first, others] = ended;
    if (!first) co_return fail(std::move(first));
    co_return std::move(others);
}

Task<Result<void>> Rematch::run_lane(Batch& batch) {
    while (!batch.over && batch.next < batch.scans.size()) {
        const auto& scan = batch.scans[batch.next++];
        auto asked = co_await ask_again(scan, batch.generation);
        if (asked && *asked) {
            ++batch.asked;
            continue;
        }
        batch.over = true;
        if (!asked) co_return fail(std::move(asked));
    }
    co_return Result<void>{};
}

Task<Result<bool>> Rematch::ask_again(const store::ImageScan& scan, const std::string& generation) {
    auto found = co_await find_wanted(services_, scan.image);
    std::optional<scan::Findings> findings;
    if (const auto wanted = std::move(found).value_or(std::nullopt)) {
        auto outcome = co_await scanner_.scan(wanted->target, scan::Depth::enhanced);
        if (!outcome && outcome.error().kind == FaultKind::unavailable) {
            // Who still answers for itself has trouble with this image, which must not keep the others waiting.
            const auto state = co_await scanner_.state();
            if (!state) {
                say_unreachable(outcome.error());
                co_return false;
            }
        }
        if (outcome && outcome->outcome != scan::Outcome::unsupported_system) findings = std::move(*outcome);
        if (!outcome) {
            log::warning("Clair cannot match an image again; its findings stay as they are",
                         {{"digest", wanted->target.digest.text()}, {"reason", outcome.error().message}});
        }
    }
    if (findings) {
        auto kept = co_await results_.replace(scan.image, store::ScanType::enhanced, std::move(*findings));
        if (!kept) co_return fail(std::move(kept));
        co_return true;
    }
    auto left = co_await leave(scan, generation);
    if (!left) co_return fail(std::move(left));
    co_return true;
}

Task<Result<void>> Rematch::leave(const store::ImageScan& scan, const std::string& generation) {
    auto done = co_await services_.metadata.write(
        [&](store::Transaction& tx) -> Result<bool> {
            auto present = tx.scans().find(scan.image);
            if (!present || present->revision != scan.revision) return false;
            present->generation = generation;
            tx.scans().put(*present);
            return true;
        },
        store::Durability::relaxed);
    if (!done) co_return fail(std::move(done));
    co_return Result<void>{};
}

void Rematch::say_unreachable(const Fault& fault) {
    seen_.clear();
    if (!std::exchange(said_unreachable_, true)) {
        log::warning("Clair cannot be asked; scans wait, then fail", {{"reason", fault.message}});
    }
}

}  // namespace berth::scanning::clair
