// One row of the operation table, and what an operation works with.
#pragma once

#include "api/aws/api_error.hpp"
#include "api/endpoints.hpp"
#include "async/task.hpp"
#include "auth/mac.hpp"
#include "base/clock.hpp"
#include "base/size.hpp"
#include "iam/action.hpp"
#include "iam/authorizer.hpp"
#include "registry/blobs.hpp"
#include "registry/call.hpp"
#include "registry/images.hpp"
#include "registry/lifecycle_policies.hpp"
#include "registry/lifecycle_previews.hpp"
#include "registry/recycle_bin.hpp"
#include "registry/repositories.hpp"
#include "registry/settings.hpp"
#include "registry/storage_classes.hpp"
#include "registry/uploads.hpp"
#include "scanning/configurations.hpp"
#include "scanning/scans.hpp"
#include "scanning/suppressions.hpp"

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>

namespace berth::api::aws {

// Everything outlives the operations.
struct Environment {
    registry::Repositories& repositories;
    registry::Images& images;
    registry::Blobs& blobs;
    registry::Uploads& uploads;
    registry::RecycleBin& recycle_bin;
    registry::LifecyclePolicies& lifecycle_policies;
    registry::LifecyclePreviews& lifecycle_previews;
    registry::StorageClasses& storage_classes;
    scanning::Scans& scans;
    scanning::Configurations& scan_configurations;
    scanning::Suppressions& suppressions;
    const iam::Authorizer& authorizer;
    const Endpoints& endpoints;
    const auth::StatementKey& key;  // signs tokens, links and page tokens
    const Clock& clock;
    const registry::Settings& settings;
};

// One verified call. Lives in the dispatcher's frame until the answer is made.
struct Call {
    const Environment& environment;
    registry::Call caller;
    model::Region region;  // of the signature's scope
    Addresses addresses;   // names this caller can use

    // The caller's own registry in the region of the call.
    [[nodiscard]] model::Registry own_registry() const {
        return {.account = caller.principal.account, .region = region};
    }
};

// How long an operation's body may be.
struct BodyLimit {
    std::size_t rest;                            // all that is no manifest
    std::size_t escapes_of_a_manifest_byte = 0;  // what one may take as JSON text; 0: the body holds no manifest

    [[nodiscard]] constexpr std::size_t with_manifests_of(std::size_t manifest_bytes) const {
        if (escapes_of_a_manifest_byte == 0) return rest;
        constexpr auto most = std::numeric_limits<std::size_t>::max();
        const bool too_many = manifest_bytes > (most - rest) / escapes_of_a_manifest_byte;
        return too_many ? most : rest + manifest_bytes * escapes_of_a_manifest_byte;
    }
};

// Constant-initialised; the catalogue lists them all.
struct Operation {
    std::string_view name;
    iam::Action action;  // what the authorisation seam is asked for; the use case asks
    BodyLimit body_limit;
    // JSON text in, JSON text out. `call` outlives the task.
    Task<Answer<std::string>> (*run)(std::string body, const Call& call);
    // {"input":...,"output":...} as the model check reads it.
    void (*describe)(std::string& out);
};

inline constexpr BodyLimit usual_body_limit{.rest = 6_MiB};
inline constexpr BodyLimit layer_part_body_limit{.rest = 28_MiB};  // a part of 20 MiB in base64
// Six bytes for one is the worst there is: "\u003c", as some SDKs write '<'. Those that keep to ASCII make an 'ü' of
// two bytes "\u00fc", three for one. Whatever a client escapes, a manifest that PUT /v2/ takes is one that PutImage
// takes.
inline constexpr BodyLimit manifest_body_limit{.rest = 64_KiB, .escapes_of_a_manifest_byte = 6};

}  // namespace berth::api::aws
