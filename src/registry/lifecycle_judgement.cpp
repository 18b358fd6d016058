#include "registry/lifecycle_judgement.hpp"

#include "async/offload.hpp"
#include "async/run_blocking.hpp"
#include "registry/pull_recorder.hpp"

#include <utility>

namespace berth::registry {

Task<Result<Judgement>> judge(Services& services, model::RepositoryId repository, const lifecycle::Policy& policy) {
    auto noted = co_await services.pulls.flush(services.metadata);  // a pull of a moment ago counts
    if (!noted) co_return fail(std::move(noted));
    co_return co_await on_own_thread([&]() -> Result<Judgement> {
        const auto now = services.clock.now();
        auto survey = run_blocking(services.metadata.read(
            [&](store::Transaction& tx) -> Result<Survey> { return Survey::take(tx, repository, now); }));
        if (!survey) return fail(std::move(survey));
        Judgement judgement{.at = now, .survey = std::move(*survey), .decisions = {}};
        judgement.decisions =
            lifecycle::evaluate(policy, judgement.survey.images(), now, judgement.survey.unfinished());
        judgement.survey.spare_restored(judgement.decisions);
        return judgement;
    });
}

}  // namespace berth::registry
