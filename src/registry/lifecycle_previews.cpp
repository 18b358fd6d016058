#include "registry/lifecycle_previews.hpp"

#include "base/log.hpp"
#include "lifecycle/evaluate.hpp"
#include "registry/access.hpp"
#include "registry/faults.hpp"
#include "registry/governing_policy.hpp"
#include "registry/job_bell.hpp"
#include "registry/lifecycle_survey.hpp"
#include "registry/on_demand_jobs.hpp"
#include "registry/pull_recorder.hpp"

#include <algorithm>
#include <utility>

namespace berth::registry {

namespace {

using store::PreviewStatus;

Result<store::LifecyclePreview> find_preview(const Services& services, store::Transaction& tx,
                                             const RepositoryRef& repository) {
    auto found = find_repository(tx, repository);
    if (!found) return fail(std::move(found));
    auto preview = tx.lifecycle().preview(found->id);
    if (!preview) return std::unexpected(lifecycle_preview_not_found(repository));
    // Over is over, swept or not yet.
    if (preview->status == PreviewStatus::complete && *preview->expires_at <= services.clock.now()) {
        preview->status = PreviewStatus::expired;
    }
    return std::move(*preview);
}

store::PreviewResult result_of(const Survey& survey, const lifecycle::Decision& decision, std::int64_t position) {
    return {.position = position,
            .digest = model::Digest::parse(survey.digest(decision.image)).value(),
            .tags = survey.tags(decision.image),
            .pushed_at = survey.pushed_at(decision.image),
            .action = decision.effect == lifecycle::Effect::expire ? store::LifecycleAction::expire
                                                                   : store::LifecycleAction::archive,
            .rule_priority = decision.rule_priority,
            .archived = survey.images().records()[decision.image].status == model::ImageStatus::archived};
}

bool is_running(store::Transaction& tx, std::int64_t preview) {
    const auto present = tx.lifecycle().preview(preview);
    return present && present->status == PreviewStatus::in_progress;
}

}  // namespace

Task<Result<store::LifecyclePreview>> LifecyclePreviews::start(const Call& call, RepositoryRef repository,
                                                               std::optional<std::string> text) {
    auto allowed = co_await require(services_, call, iam::action::start_lifecycle_policy_preview, repository);
    if (!allowed) co_return fail(std::move(allowed));
    if (text) {
        auto policy = lifecycle::parse(*text, {.extensions = services_.settings.lifecycle.extensions});
        if (!policy) co_return fail(std::move(policy));
        text = lifecycle::to_text(*policy);
    }
    const auto now = services_.clock.now();
    const auto id = make_row_id(now, services_.random);
    auto started = co_await services_.metadata.write([&](store::Transaction& tx) -> Result<store::LifecyclePreview> {
        auto found = find_repository(tx, repository);
        if (!found) return fail(std::move(found));
        store::LifecyclePreview preview{.id = id, .repository = found->id, .policy_text = text.value_or("")};
        if (!text) {
            auto governing = governing_policy(services_, tx, *found);
            if (!governing) return std::unexpected(lifecycle_policy_not_found(repository));
            preview.policy_text = std::move(governing->text);
        }
        const auto present = tx.lifecycle().preview(found->id);
        if (present && present->status == PreviewStatus::in_progress) {
            return std::unexpected(lifecycle_preview_in_progress(repository));
        }
        tx.lifecycle().insert_preview(preview, now);
        enqueue(services_, tx, job::lifecycle_preview, id, now);
        return preview;
    });
    if (started) services_.bell.ring();
    co_return started;
}

Task<Result<PreviewPage>> LifecyclePreviews::page(const Call& call, RepositoryRef repository,
                                                  std::optional<bool> tagged, std::optional<PreviewPosition> after,
                                                  std::size_t limit) {
    auto allowed = co_await require(services_, call, iam::action::get_lifecycle_policy_preview, repository);
    if (!allowed) co_return fail(std::move(allowed));
    co_return co_await services_.metadata.read([&](store::Transaction& tx) -> Result<PreviewPage> {
        auto preview = find_preview(services_, tx, repository);
        if (!preview) return fail(std::move(preview));
        PreviewPage page{.preview = std::move(*preview), .results = {}};
        if (after && after->preview != page.preview.id) {
            return fail(FaultKind::invalid_parameter,
                        "Invalid parameter at 'nextToken' failed to satisfy constraint: 'Another preview was started "
                        "since; read it from its beginning'");
        }
        if (page.preview.status == PreviewStatus::complete) {
            page.results = tx.lifecycle().results(page.preview.id, tagged, after ? after->position : -1, limit);
        }
        return page;
    });
}

Task<Result<PreviewPage>> LifecyclePreviews::of_images(const Call& call, RepositoryRef repository,
                                                       std::vector<model::ImageIdentifier> ids) {
    auto allowed = co_await require(services_, call, iam::action::get_lifecycle_policy_preview, repository);
    if (!allowed) co_return fail(std::move(allowed));
    co_return co_await services_.metadata.read([&](store::Transaction& tx) -> Result<PreviewPage> {
        auto preview = find_preview(services_, tx, repository);
        if (!preview) return fail(std::move(preview));
        PreviewPage page{.preview = std::move(*preview), .results = {}};
        if (page.preview.status != PreviewStatus::complete) return page;
        for (const auto& id : ids) {
            auto digest = id.digest;
            if (id.tag) {
                const auto image = tx.images().find(page.preview.repository, *id.tag);
                if (!image || (digest && *digest != image->digest)) continue;
                digest = image->digest;
            }
            auto result = tx.lifecycle().result(page.preview.id, *digest);
            if (!result) continue;
            const bool seen = std::ranges::find(page.results, result->position, &store::PreviewResult::position) !=
                              page.results.end();
            if (!seen) page.results.push_back(std::move(*result));
        }
        return page;
    });
}

Task<Result<bool>> LifecyclePreviews::run(std::int64_t id, int attempts, std::stop_token stop) {
    auto found =
        co_await services_.metadata.read([&](store::Transaction& tx) -> Result<std::optional<store::LifecyclePreview>> {
            return tx.lifecycle().preview(id);
        });
    if (!found) co_return fail(std::move(found));
    if (!*found || (*found)->status != PreviewStatus::in_progress) co_return true;
    if (attempts >= max_attempts) {
        auto failed = co_await finish(std::move(**found), PreviewStatus::failed);
        if (!failed) co_return fail(std::move(failed));
        co_return true;
    }
    co_return co_await judge(std::move(**found), std::move(stop));
}

Task<Result<bool>> LifecyclePreviews::judge(store::LifecyclePreview preview, std::stop_token stop) {
    const auto policy = lifecycle::parse(preview.policy_text, {.extensions = services_.settings.lifecycle.extensions});
    if (!policy) {
        log::warning("a lifecycle preview failed", {{"reason", policy.error().message}});
        auto failed = co_await finish(std::move(preview), PreviewStatus::failed);
        if (!failed) co_return fail(std::move(failed));
        co_return true;
    }
    auto noted = co_await services_.pulls.flush(services_.metadata);
    if (!noted) co_return fail(std::move(noted));
    auto surveyed = co_await services_.metadata.read([&](store::Transaction& tx) -> Result<Survey> {
        return Survey::take(tx, preview.repository, services_.clock.now());
    });
    if (!surveyed) co_return fail(std::move(surveyed));
    auto decisions = lifecycle::evaluate(*policy, surveyed->images(), services_.clock.now());
    surveyed->spare_restored(decisions);
    std::erase_if(decisions, [](const auto& decision) { return !lifecycle::in_preview(decision); });
    for (const auto& decision : decisions) {
        ++(decision.effect == lifecycle::Effect::expire ? preview.expiring : preview.archiving);
    }

    for (;;) {  // what an attempt before this one left
        auto gone = co_await services_.metadata.write(
            [&](store::Transaction& tx) -> Result<std::size_t> {
                return tx.lifecycle().erase_results(preview.id, results_at_once);
            },
            store::Durability::relaxed);
        if (!gone) co_return fail(std::move(gone));
        if (*gone < results_at_once) break;
    }
    for (std::size_t begin = 0; begin < decisions.size(); begin += results_at_once) {
        if (stop.stop_requested()) co_return false;
        const auto end = std::min(decisions.size(), begin + results_at_once);
        std::vector<store::PreviewResult> results;
        results.reserve(end - begin);
        for (auto i = begin; i < end; ++i) {
            results.push_back(result_of(*surveyed, decisions[i], static_cast<std::int64_t>(i)));
        }
        auto written = co_await services_.metadata.write(
            [&](store::Transaction& tx) -> Result<bool> {
                if (!is_running(tx, preview.id)) return false;
                tx.lifecycle().insert_results(preview.id, results);
                return true;
            },
            store::Durability::relaxed);
        if (!written) co_return fail(std::move(written));
        if (!*written) co_return true;  // the repository went
    }
    auto done = co_await finish(std::move(preview), PreviewStatus::complete);
    if (!done) co_return fail(std::move(done));
    co_return true;
}

Task<Result<void>> LifecyclePreviews::finish(store::LifecyclePreview preview, store::PreviewStatus status) {
    preview.status = status;
    preview.expires_at = services_.clock.now() + services_.settings.lifecycle.preview_lifetime;
    co_return co_await services_.metadata.write([&](store::Transaction& tx) -> Result<void> {
        if (is_running(tx, preview.id)) tx.lifecycle().update_preview(preview);
        return {};
    });
}

Task<Result<std::size_t>> LifecyclePreviews::sweep(std::size_t limit) {
    co_return co_await services_.metadata.write(
        [&](store::Transaction& tx) -> Result<std::size_t> {
            return tx.lifecycle().sweep_previews(services_.clock.now(), limit);
        },
        store::Durability::relaxed);
}

}  // namespace berth::registry
