// What every use case works with. app/ builds one and owns everything in it.
#pragma once

#include "async/offload.hpp"
#include "base/clock.hpp"
#include "base/random.hpp"
#include "iam/authorizer.hpp"
#include "registry/push_activity.hpp"
#include "registry/settings.hpp"
#include "store/blob_store.hpp"
#include "store/metadata.hpp"

namespace berth::registry {

class PullRecorder;
class ReadCache;
class BufferPool;
class HashPool;
class JobBell;

struct Services {
    Clock& clock;
    Random& random;
    store::Metadata& metadata;
    store::BlobStore& blobs;
    const iam::Authorizer& authorizer;
    HashPool& hashing;
    ReadCache& cache;
    BufferPool& buffers;
    PullRecorder& pulls;
    const JobBell& bell;
    const Settings& settings;
    PushActivity pushes{};
};

}  // namespace berth::registry
