#include "scanning/clair/rematch.hpp"

#include "base/log.hpp"
#include "scanning/target.hpp"

#include <optional>
#include <utility>
#include <vector>

namespace berth::scanning::clair {

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
    for (const auto& scan : *behind) {
        auto asked = co_await ask_again(scan, generation);
        if (!asked) co_return fail(std::move(asked));
        if (!*asked) break;
        ++report.images;
    }
    co_return report;
}

Task<Result<bool>> Rematch::ask_again(const store::ImageScan& scan, const std::string& generation) {
    const auto wanted = co_await find_wanted(services_, scan.image);
    std::optional<scan::Findings> findings;
    if (wanted && *wanted) {
        auto outcome = co_await scanner_.scan((*wanted)->target, scan::Depth::enhanced);
        if (!outcome && outcome.error().kind == FaultKind::unavailable) {
            say_unreachable(outcome.error());
            co_return false;
        }
        if (outcome && outcome->outcome != scan::Outcome::unsupported_system) findings = std::move(*outcome);
        if (!outcome) {
            log::warning("Clair cannot match an image again; its findings stay as they are",
                         {{"digest", (*wanted)->target.digest.text()}, {"reason", outcome.error().message}});
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
