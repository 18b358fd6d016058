#include "registry/lifecycle_previews.hpp"

#include "async/offload.hpp"
#include "base/log.hpp"
#include "registry/access.hpp"
#include "registry/faults.hpp"
#include "registry/governing_policy.hpp"
#include "registry/job_bell.hpp"
#include "registry/lifecycle_judgement.hpp"
#include "registry/on_demand_jobs.hpp"

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
    if (preview->status == PreviewStatus::complete && preview->expires_at &&
        *preview->expires_at <= services.clock.now()) {
        preview->status = PreviewStatus::expired;
    }
    return std::move(*preview);
}

store::PreviewResult result_of(const Survey& survey, const lifecycle::Decision& decision, std::int64_t position) {
    return {.position = position,
            .digest = model::known_valid<model::Digest>(survey.digest(decision.image)),
            .tags = survey.tags(decision.image),
            .pushed_at = survey.pushed_at(decision.image),
            .action = decision.effect == lifecycle::Effect::expire ? store::LifecycleAction::expire
                                                                   : store::LifecycleAction::archive,
            .rule_priority = decision.rule_priority,
            .archived = survey.images().records()[decision.image].status == model::ImageStatus::archived};
}

// By digest. It sorts as many as there are results.
std::vector<store::PreviewPlace> places_of(const Judgement& judged) {
    std::vector<store::PreviewPlace> places;
    places.reserve(judged.decisions.size());
    for (const auto& decision : judged.decisions) {
        places.push_back({.digest = judged.survey.digest(decision.image),
                          .tagged = judged.survey.images().tagged(decision.image),
                          .position = static_cast<std::int64_t>(places.size())});
    }
    std::ranges::sort(places, {}, &store::PreviewPlace::digest);
    return places;
}

bool is_running(store::Transaction& tx, std::int64_t preview) {
    const auto present = tx.lifecycle().preview(preview);
    return present && present->status == PreviewStatus::in_progress;
}

// Not written to its end: that is the end of the preview, unless it was stopped.
template <class Written>
Result<bool> over(Result<Written> written) {
    if (!written) return fail(std::move(written));
    return *written != Written::stopped;
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
            if (!digest) continue;
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
    auto& preview = *found;
    if (!preview || preview->status != PreviewStatus::in_progress) co_return true;
    if (attempts >= max_attempts) {
        auto failed = co_await finish(*std::move(preview), PreviewStatus::failed);
        if (!failed) co_return fail(std::move(failed));
        co_return true;
    }
    co_return co_await work_out(*std::move(preview), std::move(stop));
}

Task<Result<bool>> LifecyclePreviews::work_out(store::LifecyclePreview preview, std::stop_token stop) {
    const auto policy = lifecycle::parse(preview.policy_text, {.extensions = services_.settings.lifecycle.extensions});
    if (!policy) {
        log::warning("a lifecycle preview failed", {{"reason", policy.error().message}});
        auto failed = co_await finish(std::move(preview), PreviewStatus::failed);
        if (!failed) co_return fail(std::move(failed));
        co_return true;
    }
    auto judged = co_await judge(services_, preview.repository, *policy);
    if (!judged) co_return fail(std::move(judged));
    std::erase_if(judged->decisions, [](const auto& decision) { return !lifecycle::in_preview(decision); });
    for (const auto& decision : judged->decisions) {
        ++(decision.effect == lifecycle::Effect::expire ? preview.expiring : preview.archiving);
    }
    auto wiped = co_await wipe(preview.id);
    if (!wiped) co_return fail(std::move(wiped));
    auto written = co_await write_results(preview.id, *judged, stop);
    if (!written || *written != Written::all) co_return over(std::move(written));
    written = co_await write_places(preview.id, *judged, stop);
    if (!written || *written != Written::all) co_return over(std::move(written));
    auto done = co_await finish(std::move(preview), PreviewStatus::complete);
    if (!done) co_return fail(std::move(done));
    co_return true;
}

// What an attempt before this one left.
Task<Result<void>> LifecyclePreviews::wipe(std::int64_t preview) {
    for (;;) {
        auto gone = co_await services_.metadata.write(
            [&](store::Transaction& tx) -> Result<std::size_t> {
                return tx.lifecycle().erase_results(preview, rows_at_once);
            },
            store::Durability::relaxed);
        if (!gone) co_return fail(std::move(gone));
        if (*gone < rows_at_once) co_return Result<void>{};
    }
}

Task<Result<LifecyclePreviews::Written>> LifecyclePreviews::write_results(std::int64_t preview, const Judgement& judged,
                                                                          const std::stop_token& stop) {
    const auto& decisions = judged.decisions;
    std::vector<store::PreviewResult> results;
    for (std::size_t begin = 0; begin < decisions.size(); begin += results_at_once) {
        if (stop.stop_requested()) co_return Written::stopped;
        results.clear();
        for (auto i = begin; i < std::min(decisions.size(), begin + results_at_once); ++i) {
            results.push_back(result_of(judged.survey, decisions[i], static_cast<std::int64_t>(i)));
        }
        auto written = co_await write_part(
            preview, [&](store::Transaction& tx) { tx.lifecycle().insert_results(preview, results); });
        if (!written || *written != Written::all) co_return written;
    }
    co_return Written::all;
}

Task<Result<LifecyclePreviews::Written>> LifecyclePreviews::write_places(std::int64_t preview, const Judgement& judged,
                                                                         const std::stop_token& stop) {
    const auto places = co_await on_own_thread([&] { return places_of(judged); });
    const std::span all(places);
    for (std::size_t begin = 0; begin < all.size(); begin += results_at_once) {
        if (stop.stop_requested()) co_return Written::stopped;
        const auto part = all.subspan(begin, std::min(all.size() - begin, results_at_once));
        auto written =
            co_await write_part(preview, [&](store::Transaction& tx) { tx.lifecycle().insert_places(preview, part); });
        if (!written || *written != Written::all) co_return written;
    }
    co_return Written::all;
}

Task<Result<LifecyclePreviews::Written>> LifecyclePreviews::write_part(
    std::int64_t preview, const std::function<void(store::Transaction&)>& work) {
    co_return co_await services_.metadata.write(
        [&](store::Transaction& tx) -> Result<Written> {
            if (!is_running(tx, preview)) return Written::repository_gone;
            work(tx);
            return Written::all;
        },
        store::Durability::relaxed);
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
