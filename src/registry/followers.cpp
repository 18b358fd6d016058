#include "registry/followers.hpp"

#include "async/pause.hpp"
#include "registry/governing_policy.hpp"
#include "registry/on_demand_jobs.hpp"
#include "registry/removal.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace berth::registry {

void expect_followers(Services& services, store::Transaction& tx, const model::Image& image,
                      const model::Cause& cause) {
    if (cause.lifecycle_rule) return;
    if (tx.images().followers(image.repository, image.digest, "", 1).empty()) return;
    const auto repository = tx.repositories().find(image.repository);
    if (!repository || !is_governed(services, tx, *repository)) return;
    const auto now = services.clock.now();
    tx.lifecycle().note_lead(image.repository,
                             {.subject = image.digest, .way = store::Way::out, .at = now, .cause = cause});
    enqueue(services, tx, job::followers, static_cast<std::int64_t>(image.repository),
            now + services.settings.lifecycle.push_delay);
}

// One transaction's part, and where the next one goes on.
struct Followers::Step {
    std::optional<model::Digest> subject;
    std::string after;  // those of the subject up to here went, or stay
    bool over = false;
    Taken taken;
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
        if (step.over) co_return true;
        reached = std::move(step);
        reached.taken = {};
        co_await pause(services_.settings.lifecycle.pause, stop);
    }
}

Result<void> Followers::take(model::RepositoryId id, Step& step, store::Transaction& tx) {
    const auto repository = tx.repositories().find(id);
    const auto lead = tx.lifecycle().lead(id);
    step.over = !repository || !lead;
    if (step.over) return {};
    if (step.subject != lead->subject) {
        step.subject = lead->subject;
        step.after.clear();
    }
    std::vector<model::Image> batch;
    const auto limit = std::max<std::size_t>(1, services_.settings.lifecycle.batch);
    // It may be back, and its referrers with it.
    if (!tx.images().find(id, lead->subject) && is_governed(services_, tx, *repository)) {
        batch = tx.images().followers(id, lead->subject, step.after, limit);
    }
    const RepositoryRef ref{.registry = repository->registry, .name = repository->name};
    Removal removal(services_, tx, ref, id, lead->cause);
    for (const auto& image : batch) {
        if (image.pushed_at > lead->at || !tx.images().parents(id, image.digest).empty()) continue;
        auto removed = removal.image(image);
        if (!removed) return fail(std::move(removed));
    }
    step.taken = removal.taken();
    if (batch.size() < limit) {
        tx.lifecycle().forget_lead(id, lead->subject);
    } else {
        step.after = batch.back().digest.text();
    }
    return {};
}

}  // namespace berth::registry
