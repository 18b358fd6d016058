// What every use case works with: what it is given from outside the registry, and what the registry keeps in memory.
#pragma once

#include "async/offload.hpp"
#include "base/clock.hpp"
#include "base/random.hpp"
#include "iam/authorizer.hpp"
#include "registry/buffer_pool.hpp"
#include "registry/hash_pool.hpp"
#include "registry/job_bell.hpp"
#include "registry/pull_recorder.hpp"
#include "registry/push_activity.hpp"
#include "registry/read_cache.hpp"
#include "registry/settings.hpp"
#include "store/blob_store.hpp"
#include "store/metadata.hpp"

namespace berth::registry {

// One in a process, over one metadata. What is given outlives it; the rest is made here, sized by the settings.
struct Services {
    Clock& clock;
    Random& random;
    store::Metadata& metadata;
    store::BlobStore& blobs;
    const iam::Authorizer& authorizer;
    const Settings& settings;

    HashPool hashing{};
    ReadCache cache{settings.cache_memory};
    BufferPool buffers{settings.transfer_memory};
    PullRecorder pulls{};
    JobBell bell{};
    PushActivity pushes{};
};

}  // namespace berth::registry
