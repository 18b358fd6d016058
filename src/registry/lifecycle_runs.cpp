#include "registry/lifecycle_runs.hpp"

#include "async/pause.hpp"
#include "base/log.hpp"
#include "registry/faults.hpp"
#include "registry/governing_policy.hpp"
#include "registry/hasher.hpp"
#include "registry/lifecycle_judgement.hpp"
#include "registry/lifecycle_record.hpp"
#include "registry/pull_recorder.hpp"
#include "registry/removal.hpp"
#include "registry/storage_classes.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace berth::registry {

namespace {

using lifecycle::Decision;
using lifecycle::Effect;
using lifecycle::Hold;

constexpr std::string_view referenced_code = "ImageReferencedByManifestList";
constexpr std::size_t most_failures_told = 100;  // of one run

// Set for as long as it lives.
class Flag {
public:
    explicit Flag(std::atomic<bool>& flag) : flag_(flag) {}
    Flag(const Flag&) = delete;
    Flag& operator=(const Flag&) = delete;
    ~Flag() { flag_ = false; }

private:
    std::atomic<bool>& flag_;
};

// Its subject still stands where it would have to go first.
bool subject_stays(store::Transaction& tx, const model::Image& image, Effect effect) {
    if (!image.subject) return false;
    const auto subject = tx.images().find(image.repository, *image.subject);
    return subject && (effect == Effect::expire || subject->status == model::ImageStatus::active);
}

}  // namespace

struct LifecycleRuns::Plan {
    RepositoryRef repository;
    store::LifecyclePolicy stored;
    lifecycle::Policy policy;
    Timestamp at;
    Survey survey;
    std::vector<Decision> decisions;     // to act on, in this order
    std::vector<Decision> held;          // marked, but they stay
    std::vector<ExecutionEntry> failed;  // went wrong on the way
    // Where the last referrer that follows a subject stands among the decisions.
    std::unordered_map<std::uint32_t, std::size_t> last_follower = {};
    std::set<std::string> kept_leads = {};  // subjects with referrers for the next run

    void find_followers() {
        for (std::size_t i = 0; i < decisions.size(); ++i) {
            if (decisions[i].cause == lifecycle::Cause::with_subject) last_follower[decisions[i].related] = i;
        }
    }
    [[nodiscard]] bool leads_beyond(std::uint32_t image, std::size_t end) const {
        const auto last = last_follower.find(image);
        return last != last_follower.end() && last->second >= end;
    }
    [[nodiscard]] Execution execution() const {
        return {.repository = repository, .stored = stored, .policy = policy, .evaluated_at = at};
    }
    [[nodiscard]] ExecutionEntry entry(const Decision& decision) const {
        return {.digest = std::string(survey.digest(decision.image)),
                .tags = survey.tags(decision.image),
                .pushed_at = survey.pushed_at(decision.image),
                .rule_priority = decision.rule_priority};
    }
    [[nodiscard]] ExecutionEntry failure(const Decision& decision, std::string reason) const {
        auto made = entry(decision);
        made.failure_code = referenced_code;
        made.failure_reason = std::move(reason);
        return made;
    }
};

// One transaction's part; what it did is for the caches and counters once it is committed.
struct LifecycleRuns::Batch {
    std::span<const Decision> decisions;
    std::size_t end = 0;    // where the next one begins
    bool outdated = false;  // another policy governs by now
    std::vector<ExecutionEntry> done = {};
    std::vector<ExecutionEntry> failed = {};
    Taken taken = {};
    std::vector<StatusChange> archived = {};
    std::uint64_t expired = 0;
};

LifecycleStatistics LifecycleRuns::statistics() const {
    return {.runs = runs_, .refused = refused_, .expired = expired_, .archived = archived_, .held = held_};
}

Task<Result<RunEnd>> LifecycleRuns::run(model::RepositoryId repository, std::stop_token stop) {
    if (busy_.exchange(true)) co_return RunEnd::busy;
    const Flag busy(busy_);
    struct Found {
        RepositoryRef repository;
        store::LifecyclePolicy stored;
    };
    auto looked = co_await services_.metadata.read([&](store::Transaction& tx) -> Result<std::optional<Found>> {
        const auto present = tx.repositories().find(repository);
        if (!present) return std::nullopt;
        auto policy = governing_policy(services_, tx, *present);
        if (!policy) return std::nullopt;
        return Found{.repository = {.registry = present->registry, .name = present->name},
                     .stored = std::move(*policy)};
    });
    if (!looked) co_return fail(std::move(looked));
    auto& found = *looked;
    if (!found) {
        auto forgotten = co_await forget_subjects(repository);
        if (!forgotten) co_return fail(std::move(forgotten));
        co_return RunEnd::finished;
    }
    auto policy = lifecycle::parse(found->stored.text, {.extensions = services_.settings.lifecycle.extensions});
    if (!policy) {
        auto told = co_await refuse(found->repository, std::move(found->stored), policy.error().message);
        if (!told) co_return fail(std::move(told));
        co_return RunEnd::finished;
    }
    auto judged = co_await judge(services_, repository, *policy);
    if (!judged) co_return fail(std::move(judged));

    Plan plan{.repository = std::move(found->repository),
              .stored = std::move(found->stored),
              .policy = std::move(*policy),
              .at = judged->at,
              .survey = std::move(judged->survey),
              .decisions = std::move(judged->decisions),
              .held = {},
              .failed = {}};
    const auto first_held = std::ranges::find_if(plan.decisions, [](const auto& d) { return d.hold != Hold::none; });
    plan.held.assign(first_held, plan.decisions.end());
    plan.decisions.erase(first_held, plan.decisions.end());
    plan.find_followers();
    co_return co_await execute(plan, std::move(stop));
}

// It was a policy when it was put: the settings allow less by now. To do nothing is the safe reading, and to say so
// once is enough.
Task<Result<void>> LifecycleRuns::refuse(const RepositoryRef& repository, store::LifecyclePolicy stored,
                                         std::string reason) {
    const auto fingerprint = "refused: " + reason;
    if (stored.evaluation.failures == fingerprint) co_return Result<void>{};
    log::warning("a lifecycle policy is not applied",
                 {{"repository", repository.name.text()}, {"reason", std::move(reason)}});
    ++refused_;
    stored.evaluation.failures = fingerprint;
    co_return co_await services_.metadata.write(
        [&](store::Transaction& tx) -> Result<void> {
            tx.lifecycle().note_evaluation(stored);
            return {};
        },
        store::Durability::relaxed);
}

Task<Result<RunEnd>> LifecycleRuns::execute(Plan& plan, std::stop_token stop) {
    const auto size = std::max<std::size_t>(1, services_.settings.lifecycle.batch);
    for (std::size_t begin = 0; begin < plan.decisions.size(); begin += size) {
        if (begin != 0) co_await pause(services_.settings.lifecycle.pause, stop);
        if (stop.stop_requested()) co_return RunEnd::stopped;
        // A pull of a moment ago counts.
        auto noted = co_await services_.pulls.flush(services_.metadata);
        if (!noted) co_return fail(std::move(noted));
        Batch batch;
        auto acted = co_await services_.metadata.write([&](store::Transaction& tx) -> Result<void> {
            const auto end = std::min(begin + size, plan.decisions.size());
            batch = Batch{.decisions = std::span(plan.decisions).subspan(begin, end - begin), .end = end};
            return act(plan, batch, tx);
        });
        if (!acted) co_return fail(std::move(acted));
        forget_removed(services_.cache, plan.stored.repository, batch.taken);
        for (const auto& change : batch.archived) forget_status(services_.cache, change);
        expired_ += batch.expired;
        archived_ += batch.archived.size();
        std::ranges::move(batch.failed, std::back_inserter(plan.failed));
        if (batch.outdated) co_return RunEnd::finished;  // whoever changed the policy asked for a run of the new one
    }
    auto closed = co_await close(plan);
    if (!closed) co_return fail(std::move(closed));
    ++runs_;
    co_return RunEnd::finished;
}

Result<void> LifecycleRuns::act(Plan& plan, Batch& batch, store::Transaction& tx) {
    const auto repository = tx.repositories().find(plan.stored.repository);
    const auto governing = repository ? governing_policy(services_, tx, *repository) : std::nullopt;
    batch.outdated = !governing || governing->version != plan.stored.version;
    if (batch.outdated) return {};
    for (const auto& decision : batch.decisions) {
        const auto image = tx.images().find(plan.survey.row(decision.image));
        if (!image || image->repository != plan.stored.repository) continue;
        if (subject_stays(tx, *image, decision.effect)) continue;
        if (!plan.survey.still_holds(decision.image, *image, tx.images().tags(image->id))) {
            if (decision.cause != lifecycle::Cause::with_subject) continue;
            plan.kept_leads.emplace(plan.survey.digest(decision.related));
            note_subject(plan, decision.related, decision, tx);
            continue;
        }
        const auto cause = model::by_lifecycle_rule(decision.rule_priority);
        if (decision.effect == Effect::archive) {
            auto archived = archive_image(services_, tx, plan.repository, *image, cause);
            if (archived) {
                batch.archived.push_back(std::move(*archived));
                batch.done.push_back(plan.entry(decision));
                if (plan.leads_beyond(decision.image, batch.end)) note_subject(plan, decision.image, decision, tx);
            } else {
                batch.failed.push_back(plan.failure(decision, archived.error().message));
            }
            continue;
        }
        // Whatever Settings::delete_referenced lets people do, a policy breaks no index.
        if (const auto parents = tx.images().parents(image->repository, image->digest); !parents.empty()) {
            batch.failed.push_back(plan.failure(decision, image_referenced(parents).message));
            continue;
        }
        Removal removal(services_, tx, plan.repository, image->repository, cause);
        auto removed = removal.image(*image);
        if (!removed) return fail(std::move(removed));
        std::ranges::copy(removal.taken().pairs, std::back_inserter(batch.taken.pairs));
        std::ranges::copy(removal.taken().superfluous, std::back_inserter(batch.taken.superfluous));
        batch.done.push_back(plan.entry(decision));
        ++batch.expired;
        if (plan.leads_beyond(decision.image, batch.end)) note_subject(plan, decision.image, decision, tx);
    }
    record_execution(services_, tx, plan.execution(), batch.done);
    return {};
}

void LifecycleRuns::note_subject(const Plan& plan, std::uint32_t subject, const Decision& by,
                                 store::Transaction& tx) const {
    tx.lifecycle().note_lead(plan.stored.repository,
                             {.subject = model::Digest::parse(plan.survey.digest(subject)).value(),
                              .way = by.effect == Effect::archive ? store::Way::to_archive : store::Way::out,
                              .at = services_.clock.now(),
                              .cause = model::by_lifecycle_rule(by.rule_priority)});
}

// Without a policy referrers stay.
Task<Result<void>> LifecycleRuns::forget_subjects(model::RepositoryId repository) {
    auto leads = co_await services_.metadata.read([&](store::Transaction& tx) -> Result<std::vector<store::Lead>> {
        return tx.lifecycle().leads_by_rules(repository);
    });
    if (!leads) co_return fail(std::move(leads));
    if (leads->empty()) co_return Result<void>{};
    co_return co_await services_.metadata.write([&](store::Transaction& tx) -> Result<void> {
        for (const auto& lead : *leads) tx.lifecycle().forget_lead(repository, lead.subject);
        return {};
    });
}

// Failures are told when they are others than last time: an index may hold its children for years.
Task<Result<void>> LifecycleRuns::close(Plan& plan) {
    held_ = plan.held.size() + plan.failed.size();
    Hasher failures(model::DigestAlgorithm::sha256);
    const auto add = [&](std::string_view digest) { failures.update(std::as_bytes(std::span(digest))); };
    for (const auto& decision : plan.held) {
        if (decision.hold != Hold::index) continue;
        add(plan.survey.digest(decision.image));
        if (plan.failed.size() < most_failures_told) {
            const auto index = model::known_valid<model::Digest>(plan.survey.digest(decision.related));
            plan.failed.push_back(plan.failure(decision, image_referenced({&index, 1}).message));
        }
    }
    for (const auto& entry : plan.failed) add(entry.digest);
    auto fingerprint = plan.failed.empty() ? "" : failures.digest().text();
    const bool news = fingerprint != plan.stored.evaluation.failures;
    plan.stored.evaluation = {.last_evaluated_at = plan.at, .failures = std::move(fingerprint)};
    co_return co_await services_.metadata.write(
        [&](store::Transaction& tx) -> Result<void> {
            tx.lifecycle().note_evaluation(plan.stored);
            for (const auto& lead : tx.lifecycle().leads_by_rules(plan.stored.repository)) {
                if (plan.kept_leads.contains(lead.subject.text())) continue;
                tx.lifecycle().forget_lead(plan.stored.repository, lead.subject);
            }
            if (news) record_execution(services_, tx, plan.execution(), plan.failed);
            return {};
        },
        store::Durability::relaxed);
}

}  // namespace berth::registry
