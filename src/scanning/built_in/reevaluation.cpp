#include "scanning/built_in/reevaluation.hpp"

#include "inventory/layer_inventory.hpp"
#include "scan/match.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

namespace berth::scanning {
namespace {

// Of lookups, inventories and images in one transaction: large enough to be quick, small enough not to be noticed.
constexpr std::size_t lookups_at_once = 500;
constexpr std::size_t inventories_at_once = 64;
constexpr std::size_t images_at_once = 500;

store::PackageLookup lookup(const vulndb::Stream& stream, std::string package) {
    return {.ecosystem = stream.ecosystem, .release = stream.release, .package = std::move(package)};
}

// Streams that only one of the two has: whether there is anything about a release decides what a scan of it is worth.
std::vector<vulndb::Stream> changed_streams(const vulndb::SqliteDatabase& before, const vulndb::SqliteDatabase& after) {
    auto old = before.streams();
    auto now = after.streams();
    std::ranges::sort(old);
    std::ranges::sort(now);
    std::vector<vulndb::Stream> changed;
    std::ranges::set_symmetric_difference(old, now, std::back_inserter(changed));
    return changed;
}

std::vector<store::PackageLookup> changes(const vulndb::SqliteDatabase& before, const vulndb::SqliteDatabase& after) {
    std::vector<store::PackageLookup> all;
    for (const auto& stream : changed_streams(before, after)) all.push_back(lookup(stream, {}));
    for (auto& changed : vulndb::SqliteDatabase::changed_packages(before, after)) {
        all.push_back(lookup(changed.stream, std::move(changed.package)));
    }
    return all;
}

void tidy(std::vector<store::InventoryId>& ids) {
    std::ranges::sort(ids);
    const auto rest = std::ranges::unique(ids);
    ids.erase(rest.begin(), rest.end());
}

}  // namespace

Task<Result<ReevaluationReport>> Reevaluation::run(std::stop_token stop) {
    ReevaluationReport report;
    const auto to = databases_.current();
    if (!to) co_return report;
    const auto generation = to->freshness().generation;
    auto followed = co_await metadata_.read(
        [](store::Transaction& tx) -> Result<std::string> { return tx.inventories().followed_generation(); });
    if (!followed) co_return fail(std::move(followed));
    if (*followed == generation) co_return report;
    const auto from = co_await offload(threads_, [&] { return databases_.find(*followed); });
    report.all = from == nullptr;
    Result<std::vector<store::InventoryId>> inventories;
    if (from) {
        inventories = co_await touched(from, to, report);
    } else {
        inventories = co_await everything();
    }
    if (!inventories) co_return fail(std::move(inventories));

    for (std::size_t at = 0; at < inventories->size(); at += inventories_at_once) {
        if (stop.stop_requested()) {
            report.finished = false;
            co_return report;
        }
        const auto count = std::min(inventories_at_once, inventories->size() - at);
        auto done = co_await evaluate(std::span(*inventories).subspan(at, count), to, report);
        if (!done) co_return fail(std::move(done));
    }
    auto noted = co_await metadata_.write([&](store::Transaction& tx) -> Result<bool> {
        tx.inventories().set_followed_generation(generation);
        return true;
    });
    if (!noted) co_return fail(std::move(noted));
    co_return report;
}

Task<Result<std::vector<store::InventoryId>>> Reevaluation::touched(const Generation& from, const Generation& to,
                                                                    ReevaluationReport& report) {
    const auto changed = co_await offload(threads_, [&] { return changes(*from, *to); });
    report.changed_packages = changed.size();
    std::vector<store::InventoryId> found;
    for (std::size_t at = 0; at < changed.size(); at += lookups_at_once) {
        const auto part = std::span(changed).subspan(at, std::min(lookups_at_once, changed.size() - at));
        auto read = co_await metadata_.read([&](store::Transaction& tx) -> Result<std::vector<store::InventoryId>> {
            std::vector<store::InventoryId> ids;
            for (const auto& one : part)
                std::ranges::copy(tx.inventories().inventories_with(one), std::back_inserter(ids));
            tidy(ids);
            return ids;
        });
        if (!read) co_return fail(std::move(read));
        found.insert(found.end(), read->begin(), read->end());
        tidy(found);
    }
    co_return found;
}

Task<Result<std::vector<store::InventoryId>>> Reevaluation::everything() {
    std::vector<store::InventoryId> all;
    for (;;) {
        const auto after = all.empty() ? store::InventoryId{} : all.back();
        auto page = co_await metadata_.read([&](store::Transaction& tx) -> Result<std::vector<store::InventoryId>> {
            return tx.inventories().inventories(after, lookups_at_once);
        });
        if (!page) co_return fail(std::move(page));
        if (page->empty()) co_return all;
        all.insert(all.end(), page->begin(), page->end());
    }
}

Task<Result<void>> Reevaluation::evaluate(std::span<const store::InventoryId> inventories, const Generation& database,
                                          ReevaluationReport& report) {
    auto bytes = co_await metadata_.read([&](store::Transaction& tx) -> Result<std::vector<std::string>> {
        std::vector<std::string> all;
        for (const auto id : inventories) all.push_back(tx.inventories().inventory(id));
        return all;
    });
    if (!bytes) co_return fail(std::move(bytes));
    const scan::Options how{
        .depth = scan::Depth::enhanced, .rank_kernel_headers_last = rank_kernel_headers_last_, .now = clock_.now()};
    for (std::size_t i = 0; i < inventories.size(); ++i) {
        // Gone meanwhile, or of an older scanner: its images are scanned anew, not matched again.
        if ((*bytes)[i].empty()) continue;
        auto findings = co_await offload(threads_, [&]() -> std::optional<scan::Findings> {
            const auto inventory = inventory::decode_inventory((*bytes)[i]);
            if (!inventory) return std::nullopt;
            return scan::match(*inventory, *database, how);
        });
        if (!findings) continue;
        ++report.inventories;
        auto handed = co_await hand_over(inventories[i], *findings, report);
        if (!handed) co_return handed;
    }
    co_return Result<void>{};
}

Task<Result<void>> Reevaluation::hand_over(store::InventoryId inventory, const scan::Findings& findings,
                                           ReevaluationReport& report) {
    for (model::ImageRowId after{};;) {
        auto images = co_await metadata_.read([&](store::Transaction& tx) -> Result<std::vector<model::ImageRowId>> {
            return tx.inventories().images_with(inventory, after, images_at_once);
        });
        if (!images) co_return fail(std::move(images));
        if (images->empty()) co_return Result<void>{};
        after = images->back();
        report.images += images->size();
        auto kept = co_await keeper_.replace(*images, findings);
        if (!kept) co_return kept;
    }
}

Task<Result<std::size_t>> Reevaluation::sweep(std::size_t limit) {
    co_return co_await metadata_.write(
        [&](store::Transaction& tx) -> Result<std::size_t> { return tx.inventories().remove_unfollowed(limit); });
}

}  // namespace berth::scanning
