#include "scanning/built_in/follower.hpp"

#include "base/random.hpp"
#include "scan/join.hpp"
#include "scanning/built_in/followed.hpp"
#include "scanning/followed_findings.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <string>
#include <utility>

namespace berth::scanning {

struct Follower::Plan {
    struct Part {
        inventory::Inventory inventory;
        store::FollowedInventory followed;
        bool known = false;
        std::string bytes;  // of what is known
        KeptFindings kept;
    };
    model::ImageRowId image{};
    std::vector<Part> parts;
    std::vector<std::int64_t> new_ids;
    StoredFindings before;
};

namespace {

using FirstObserved = std::map<std::string, Timestamp, std::less<>>;

// Readers that have learned something make other parts of the same image; what was seen before is not new by that.
FirstObserved first_observed(const StoredFindings& before) {
    FirstObserved first;
    const auto kept = put_together(before, false);
    for (std::size_t i = 0; kept && i < kept->first_observed.size(); ++i) {
        first.emplace(kept->findings.findings[i].id, kept->first_observed[i]);
    }
    return first;
}

KeptFindings found_in(const inventory::Inventory& part, const vulndb::SqliteDatabase& database,
                      const scan::Options& how, const FirstObserved& before, Timestamp now) {
    KeptFindings kept{.findings = scan::match_part(part, database, how), .first_observed = {}};
    for (const auto& finding : kept.findings.findings) {
        const auto known = before.find(finding.id);
        kept.first_observed.push_back(known == before.end() ? now : known->second);
    }
    return kept;
}

}  // namespace

Task<Result<scan::Findings>> Follower::follow(model::ImageRowId image, const inventory::Inventory& inventory,
                                              const vulndb::SqliteDatabase& database, const scan::Options& how,
                                              bool following) {
    Plan plan{.image = image, .parts = {}, .new_ids = {}, .before = {}};
    plan.parts = co_await offload(threads_, [&] {
        std::vector<Plan::Part> parts;
        for (auto& part : parts_of(inventory)) {
            auto followed =
                following ? followed_inventory(part) : frozen_inventory(part, database.freshness().generation);
            parts.push_back({.inventory = std::move(part),
                             .followed = std::move(followed),
                             .known = false,
                             .bytes = {},
                             .kept = {}});
        }
        return parts;
    });
    const auto match = [&] {
        const auto first = first_observed(plan.before);
        const auto now = services_.clock.now();
        for (auto& part : plan.parts) {
            auto kept = part.known ? decode_findings(part.bytes) : std::nullopt;
            part.kept = kept ? std::move(*kept) : found_in(part.inventory, database, how, first, now);
            part.followed.generation = database.freshness().generation;
            if (!part.known) part.followed.findings = to_store(part.kept);
        }
        return true;
    };
    for (bool kept = false; !kept;) {
        auto looked = co_await look_up(plan);
        if (!looked) co_return fail(std::move(looked));
        (void)co_await offload(threads_, [&] { return share_.count(match); });
        auto done = co_await keep(plan);
        if (!done) co_return fail(std::move(done));
        kept = *done;
    }
    co_return co_await offload(threads_, [&] {
        std::vector<scan::Finding> all;
        for (auto& part : plan.parts) std::ranges::move(part.kept.findings.findings, std::back_inserter(all));
        auto findings = scan::conclude(inventory, database, how, !all.empty());
        findings.findings = scan::join(std::move(all), how.rank_kernel_headers_last);
        return findings;
    });
}

Task<Result<void>> Follower::look_up(Plan& plan) {
    auto done = co_await services_.metadata.read([&](store::Transaction& tx) -> Result<bool> {
        plan.before = stored_findings(tx, plan.image);
        for (auto& part : plan.parts) {
            const auto id = tx.inventories().find(part.followed.hash);
            part.known = id.has_value();
            if (id) part.bytes = tx.inventories().findings(*id);
        }
        return true;
    });
    if (!done) co_return fail(std::move(done));
    std::size_t rows = 0;
    for (const auto& part : plan.parts) rows += part.followed.sets.size() + 1;
    while (plan.new_ids.size() < rows) plan.new_ids.push_back(make_row_id(services_.clock.now(), services_.random));
    co_return Result<void>{};
}

Task<Result<bool>> Follower::keep(const Plan& plan) {
    std::vector<store::FollowedInventory> followed;
    followed.reserve(plan.parts.size());
    for (const auto& part : plan.parts) followed.push_back(part.followed);
    // The scan that this belongs to is not done before its result is kept, in a later and synced transaction.
    co_return co_await services_.metadata.write(
        [&](store::Transaction& tx) -> Result<bool> {
            auto& table = tx.inventories();
            if (!tx.images().find(plan.image)) return true;
            for (const auto& part : plan.parts) {
                if (part.known && !table.find(part.followed.hash)) return false;
            }
            auto since = services_.clock.now();
            for (const auto& part : table.followed(plan.image)) since = std::min(since, part.since);
            table.follow(plan.image, followed, since, plan.new_ids);
            return true;
        },
        store::Durability::relaxed);
}

Task<Result<void>> Follower::unfollow(model::ImageRowId image) {
    auto done = co_await services_.metadata.write([&](store::Transaction& tx) -> Result<bool> {
        tx.inventories().unfollow(image);
        return true;
    });
    if (!done) co_return fail(std::move(done));
    co_return Result<void>{};
}

}  // namespace berth::scanning
