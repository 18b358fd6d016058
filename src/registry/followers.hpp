// Referrers (signatures, SBOMs) of an image that somebody deleted or archived follow it, where a lifecycle policy
// governs the repository: ECR's policies clean up or archive reference artifacts within a day of their subject. What a
// policy expires or archives takes its referrers along by itself, and notes the subject when they are not of the same
// transaction, so that the next run takes up what this one was kept from (lifecycle_runs.hpp). An image that is back
// from the archive brings those back that went there since it did, policy or none, as one does that comes out of the
// recycle bin (restoration.hpp).
//
// The transaction notes where the subject went and asks for a job. The job takes the referrers that were there then, in
// small transactions, each by the one way there is (removal.hpp, storage_classes.hpp), so that they rest in the recycle
// bin as their subject does. Referrers of referrers come along, since they go likewise. One that an index names stays,
// as it does when a policy takes its subject.
#pragma once

#include "async/task.hpp"
#include "base/result.hpp"
#include "model/cause.hpp"
#include "model/image.hpp"
#include "registry/call.hpp"
#include "registry/services.hpp"
#include "store/transaction.hpp"

#include <stop_token>
#include <vector>

namespace berth::registry {

// In the transaction in which the image goes; `image` is as it was before.
void expect_followers(Services& services, store::Transaction& tx, const model::Image& image, store::Way way,
                      const model::Cause& cause);

// Thread-safe; lives as long as the services it was given.
class Followers {
public:
    explicit Followers(Services& services) : services_(services) {}

    // For the job: all that are to follow in this repository. False: it was stopped on the way.
    Task<Result<bool>> run(model::RepositoryId repository, std::stop_token stop);

private:
    struct Step;
    Result<void> take(model::RepositoryId repository, Step& step, store::Transaction& tx);
    Result<void> let_follow(const RepositoryRef& repository, const std::vector<model::Image>& images,
                            const store::Lead& lead, Step& step, store::Transaction& tx);

    Services& services_;
};

}  // namespace berth::registry
