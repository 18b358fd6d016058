#include "scanning/built_in/reevaluation.hpp"

#include "inventory/layer_inventory.hpp"
#include "scan/match.hpp"
#include "scanning/built_in/followed.hpp"
#include "scanning/built_in/image_news.hpp"
#include "vulndb/coding.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <span>
#include <utility>

namespace berth::scanning {
namespace {

// Read, or written down, in one transaction.
constexpr std::size_t lookups_at_once = 500;
constexpr std::size_t requests_at_once = 1000;
constexpr std::size_t inventories_at_once = 64;
constexpr std::size_t images_at_once = 100;

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

std::string encode_ids(const std::vector<std::string>& ids) {
    vulndb::Encoder to;
    to.texts(ids);
    return to.take();
}

std::vector<std::string> decode_ids(std::string_view bytes) {
    if (bytes.empty()) return {};
    return vulndb::Decoder(bytes).texts();
}

// Takes over when findings were first seen; names those that are new.
std::vector<std::string> compare(const KeptFindings& before, Timestamp now, KeptFindings& after) {
    std::map<std::string_view, Timestamp> known;
    for (std::size_t i = 0; i < before.first_observed.size(); ++i) {
        known.emplace(before.findings.findings[i].id, before.first_observed[i]);
    }
    std::vector<std::string> fresh;
    for (const auto& finding : after.findings.findings) {
        const auto at = known.find(finding.id);
        after.first_observed.push_back(at == known.end() ? now : at->second);
        if (at == known.end()) fresh.push_back(finding.id);
    }
    return fresh;
}

}  // namespace

// An inventory on its way.
struct Reevaluation::Item {
    store::Rematch rematch;
    std::string inventory;  // its bytes; empty when it is matched already, or gone
    std::string before;     // the bytes of its findings
    // Of the match, which is kept with the first step.
    bool is_new = false;
    bool changed = false;
    store::InventoryFindings after;
    News news;
};

// What one transaction did.
struct Reevaluation::Step {
    std::size_t at = 0;                   // the items before it are done
    std::optional<store::Rematch> begun;  // the item there, as far as it is done
    std::size_t images = 0;
};

namespace {

// Until `most` rows are written. True: there are no more images.
bool tell_images(store::Transaction& tx, ImageTeller& teller, const News& news, std::size_t most,
                 store::Rematch& rematch, std::size_t& told) {
    for (;;) {
        const auto images = tx.inventories().images_with(rematch.inventory, rematch.told, images_at_once);
        for (const auto& image : images) {
            if (teller.rows() >= most) return false;
            teller.tell(image, rematch.inventory, news);
            rematch.told = image.image;
            ++told;
        }
        if (images.size() < images_at_once) return true;
    }
}

}  // namespace

Task<Result<ReevaluationReport>> Reevaluation::run(std::stop_token stop) {
    ReevaluationReport report;
    const auto to = databases_.current();
    if (!to) co_return report;
    // What an earlier run left, and what was matched by an older generation meanwhile.
    auto done = co_await work_off(to, stop, report);
    if (!done) co_return fail(std::move(done));
    if (!report.finished) co_return report;
    const auto followed = co_await services_.metadata.read(
        [](store::Transaction& tx) -> Result<std::string> { return tx.inventories().followed_generation(); });
    if (!followed) co_return std::unexpected(followed.error());
    if (*followed == to->freshness().generation) co_return report;
    done = co_await plan(*followed, to, report);
    if (!done) co_return fail(std::move(done));
    done = co_await work_off(to, stop, report);
    if (!done) co_return fail(std::move(done));
    co_return report;
}

Task<Result<void>> Reevaluation::plan(const std::string& from, const Generation& to, ReevaluationReport& report) {
    const auto generation = to->freshness().generation;
    auto aimed = co_await services_.metadata.write([&](store::Transaction& tx) -> Result<bool> {
        tx.inventories().set_target_generation(generation);
        return true;
    });
    if (!aimed) co_return fail(std::move(aimed));
    const auto old = co_await offload(threads_, [&] { return databases_.find(from); });
    report.all = old == nullptr;
    Result<std::vector<store::InventoryId>> inventories;
    if (old) {
        inventories = co_await touched(old, to, report);
    } else {
        inventories = co_await everything();
    }
    if (!inventories) co_return fail(std::move(inventories));
    const std::span<const store::InventoryId> all(*inventories);
    for (std::size_t at = 0; at < all.size(); at += requests_at_once) {
        auto asked = co_await services_.metadata.write(
            [&](store::Transaction& tx) -> Result<bool> {
                tx.inventories().request_rematches(all.subspan(at, std::min(requests_at_once, all.size() - at)));
                return true;
            },
            store::Durability::relaxed);
        if (!asked) co_return fail(std::move(asked));
    }
    auto noted = co_await services_.metadata.write([&](store::Transaction& tx) -> Result<bool> {
        tx.inventories().set_followed_generation(generation);
        return true;
    });
    if (!noted) co_return fail(std::move(noted));
    co_return Result<void>{};
}

Task<Result<std::vector<store::InventoryId>>> Reevaluation::touched(const Generation& from, const Generation& to,
                                                                    ReevaluationReport& report) {
    const auto changed = co_await offload(threads_, [&] { return changes(*from, *to); });
    report.changed_packages = changed.size();
    std::vector<store::InventoryId> found;
    for (std::size_t at = 0; at < changed.size(); at += lookups_at_once) {
        const auto part = std::span(changed).subspan(at, std::min(lookups_at_once, changed.size() - at));
        auto read =
            co_await services_.metadata.read([&](store::Transaction& tx) -> Result<std::vector<store::InventoryId>> {
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
        auto page =
            co_await services_.metadata.read([&](store::Transaction& tx) -> Result<std::vector<store::InventoryId>> {
                return tx.inventories().inventories(after, lookups_at_once);
            });
        if (!page) co_return fail(std::move(page));
        if (page->empty()) co_return all;
        all.insert(all.end(), page->begin(), page->end());
    }
}

Task<Result<void>> Reevaluation::work_off(const Generation& database, const std::stop_token& stop,
                                          ReevaluationReport& report) {
    for (;;) {
        auto items = co_await next_items();
        if (!items) co_return fail(std::move(items));
        if (items->empty()) co_return Result<void>{};
        const auto matched = co_await offload(threads_, [&] {
            return share_.count([&] {
                for (auto& item : *items) match(item, *database);
                return std::ranges::count_if(*items, &Item::is_new);
            });
        });
        report.inventories += static_cast<std::size_t>(matched);
        for (std::size_t at = 0; at < items->size();) {
            if (stop.stop_requested()) {
                report.finished = false;
                co_return Result<void>{};
            }
            co_await give_way(share_);
            // Lost with the power, it is done again.
            auto step = co_await services_.metadata.write(
                [&](store::Transaction& tx) -> Result<Step> {
                    return share_.count([&] { return advance(tx, *items, at); });
                },
                store::Durability::relaxed);
            if (!step) co_return fail(std::move(step));
            at = step->at;
            if (const auto& begun = step->begun) (*items)[at].rematch = *begun;
            report.images += step->images;
        }
    }
}

Task<Result<std::vector<Reevaluation::Item>>> Reevaluation::next_items() {
    co_return co_await services_.metadata.read([](store::Transaction& tx) -> Result<std::vector<Item>> {
        auto& table = tx.inventories();
        std::vector<Item> items;
        for (auto& rematch : table.rematches({}, inventories_at_once)) {
            auto& item = items.emplace_back();
            item.rematch = std::move(rematch);
            if (!item.rematch.matched) item.inventory = table.inventory(item.rematch.inventory);
            item.before = table.findings(item.rematch.inventory);
        }
        return items;
    });
}

void Reevaluation::match(Item& item, const vulndb::SqliteDatabase& database) const {
    const auto before = decode_findings(item.before).value_or(KeptFindings{});
    if (item.rematch.matched) {
        item.changed = true;
        item.news = news_of(before, decode_ids(item.rematch.news));
        return;
    }
    // Gone meanwhile, or of an older scanner: its images are scanned anew, not matched again.
    const auto inventory = inventory::decode_inventory(item.inventory);
    if (!inventory) return;
    const auto now = services_.clock.now();
    KeptFindings after{
        .findings = scan::match_part(
            *inventory, database,
            {.depth = scan::Depth::enhanced, .rank_kernel_headers_last = rank_kernel_headers_last_, .now = now}),
        .first_observed = {}};
    const auto fresh = compare(before, now, after);
    item.is_new = true;
    item.changed = after.findings.findings != before.findings.findings;
    item.after = to_store(after);
    item.news = news_of(after, fresh);
    item.rematch.news = encode_ids(fresh);
}

// An inventory's findings change in the transaction that tells the first of its images, and the next inventory's not
// before the last image was told: so an image with both is told once of what both have.
Reevaluation::Step Reevaluation::advance(store::Transaction& tx, const std::vector<Item>& items, std::size_t at) {
    auto& table = tx.inventories();
    ImageTeller teller(services_, tx);
    Step step;
    for (std::size_t rows = 0; at < items.size() && rows + teller.rows() < rows_at_once_; ++at, ++rows) {
        const auto& item = items[at];
        auto rematch = item.rematch;
        if (!rematch.matched && item.is_new) table.put_findings(rematch.inventory, item.after);
        rematch.matched = true;
        if (item.changed && !tell_images(tx, teller, item.news, rows_at_once_ - rows, rematch, step.images)) {
            table.update_rematch(rematch);
            step.begun = std::move(rematch);
            break;
        }
        table.finish_rematch(rematch.inventory);
    }
    step.at = at;
    return step;
}

Task<Result<std::size_t>> Reevaluation::sweep(std::size_t limit) {
    co_return co_await services_.metadata.write(
        [&](store::Transaction& tx) -> Result<std::size_t> { return tx.inventories().remove_unfollowed(limit); });
}

}  // namespace berth::scanning
