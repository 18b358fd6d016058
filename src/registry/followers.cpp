#include "registry/followers.hpp"

#include "async/pause.hpp"
#include "registry/governing_policy.hpp"
#include "registry/job_bell.hpp"
#include "registry/on_demand_jobs.hpp"
#include "registry/removal.hpp"
#include "registry/storage_classes.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace berth::registry {

namespace {

using model::ImageStatus;
using store::Way;

// Is the subject still where it went?
bool leads(store::Transaction& tx, model::RepositoryId repository, const store::Lead& lead) {
    const auto subject = tx.images().find(repository, lead.subject);
    if (lead.way == Way::out) return !subject;  // it may be back, and its referrers with it
    return subject && subject->status == (lead.way == Way::back ? ImageStatus::active : ImageStatus::archived);
}

// Was this referrer there when the subject went, and has it yet to follow?
bool follows(const model::Image& image, const store::Lead& lead) {
    switch (lead.way) {
        case Way::out:
            return image.pushed_at <= lead.at;
        case Way::to_archive:
            return image.pushed_at <= lead.at && image.status == ImageStatus::active;
        case Way::back:
            return image.status == ImageStatus::archived && image.last_archived_at >= lead.at;
    }
    return false;
}

}  // namespace

void expect_followers(Services& services, store::Transaction& tx, const model::Image& image, Way way,
                      const model::Cause& cause) {
    if (cause.lifecycle_rule) return;
    if (tx.images().followers(image.repository, image.digest, "", 1).empty()) return;
    const auto now = services.clock.now();
    store::Lead lead{.subject = image.digest, .way = way, .at = now, .cause = cause};
    auto run_at = now;
    if (way == Way::back) {
        lead.at = image.last_archived_at.value_or(now);
    } else {
        const auto repository = tx.repositories().find(image.repository);
        if (!repository || !is_governed(services, tx, *repository)) return;
        run_at += services.settings.lifecycle.push_delay;
    }
    tx.lifecycle().note_lead(image.repository, lead);
    enqueue(services, tx, job::followers, static_cast<std::int64_t>(image.repository), run_at);
}

// One transaction's part, and where the next one goes on.
struct Followers::Step {
    std::optional<model::Digest> subject;
    Timestamp at;       // of its lead
    std::string after;  // those of the subject up to here went, or stay
    bool over = false;
    Taken taken;
    std::vector<StatusChange> changes;

    void forget_done() {
        taken = {};
        changes.clear();
    }
};

Task<Result<bool>> Followers::run(model::RepositoryId repository, std::stop_token stop) {
    Step reached;
    for (;;) {
        if (stop.stop_requested()) co_return false;
        Step step;
        auto taken = co_await services_.metadata.write([&](store::Transaction& tx) -> Result<void> {
            step = reached;
            return take(repository, step, tx);
        });
        if (!taken) co_return fail(std::move(taken));
        forget_removed(services_.cache, repository, step.taken);
        for (const auto& change : step.changes) forget_status(services_.cache, change);
        if (std::ranges::any_of(step.changes, &StatusChange::scan_waits)) services_.bell.ring_for_scan();
        if (step.over) co_return true;
        reached = std::move(step);
        reached.forget_done();
        co_await pause(services_.settings.lifecycle.pause, stop);
    }
}

Result<void> Followers::take(model::RepositoryId id, Step& step, store::Transaction& tx) {
    const auto repository = tx.repositories().find(id);
    const auto lead = tx.lifecycle().lead(id);
    step.over = !repository || !lead;
    if (step.over) return {};
    if (step.subject != lead->subject || step.at != lead->at) {
        step.subject = lead->subject;
        step.at = lead->at;
        step.after.clear();
    }
    std::vector<model::Image> batch;
    const auto limit = std::max<std::size_t>(1, services_.settings.lifecycle.batch);
    if (leads(tx, id, *lead) && (lead->way == Way::back || is_governed(services_, tx, *repository))) {
        batch = tx.images().followers(id, lead->subject, step.after, limit);
    }
    if (batch.size() < limit) {
        tx.lifecycle().forget_lead(id, lead->subject);
    } else {
        step.after = batch.back().digest.text();
    }
    std::erase_if(batch, [&](const auto& image) { return !follows(image, *lead); });
    return let_follow({.registry = repository->registry, .name = repository->name}, batch, *lead, step, tx);
}

Result<void> Followers::let_follow(const RepositoryRef& repository, const std::vector<model::Image>& images,
                                   const store::Lead& lead, Step& step, store::Transaction& tx) {
    if (images.empty()) return {};
    Removal removal(services_, tx, repository, images.front().repository, lead.cause);
    for (const auto& image : images) {
        if (lead.way == Way::back) {
            step.changes.push_back(activate_image(services_, tx, repository, image));
        } else if (lead.way == Way::to_archive) {
            // Refused where an index that is no archived one names it.
            auto archived = archive_image(services_, tx, repository, image, lead.cause);
            if (archived) step.changes.push_back(std::move(*archived));
        } else if (tx.images().parents(image.repository, image.digest).empty()) {
            auto removed = removal.image(image);
            if (!removed) return fail(std::move(removed));
        }
    }
    step.taken = removal.taken();
    return {};
}

}  // namespace berth::registry
