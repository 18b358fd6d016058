// What a policy says about a repository: all its images as they are at one moment, and what is decided about them.
#pragma once

#include "async/task.hpp"
#include "base/result.hpp"
#include "lifecycle/evaluate.hpp"
#include "lifecycle/policy.hpp"
#include "registry/lifecycle_survey.hpp"
#include "registry/services.hpp"

#include <vector>

namespace berth::registry {

struct Judgement {
    Timestamp at;
    Survey survey;
    std::vector<lifecycle::Decision> decisions;  // as evaluate() gives them, but for images no policy takes yet
};

// It takes as long as the repository is large, a few seconds for a million images. Both reading and judging are done on
// a thread of their own: slices of a repository that changes meanwhile would show a state it never had (an image gone
// and its successor there), and a count would take one image too many.
[[nodiscard]] Task<Result<Judgement>> judge(Services& services, model::RepositoryId repository,
                                            const lifecycle::Policy& policy);

}  // namespace berth::registry
