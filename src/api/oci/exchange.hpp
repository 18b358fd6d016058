// One request on its way through this front end, and what its handler works with.
#pragma once

#include "api/body_budget.hpp"
#include "api/oci/query.hpp"
#include "api/oci/routes.hpp"
#include "http/message.hpp"
#include "registry/blobs.hpp"
#include "registry/call.hpp"
#include "registry/images.hpp"
#include "registry/repositories.hpp"
#include "registry/settings.hpp"
#include "registry/uploads.hpp"

namespace berth::api::oci {

// Lives in DistributionApi::handle's frame until the answer is made; handlers take it by reference.
struct Exchange {
    http::Request& request;
    Target target;
    Query query;
    registry::Call call;
    registry::RepositoryRef repository;  // its name is empty where the pattern has none

    [[nodiscard]] bool is_head() const { return request.method == http::Method::head; }
};

// All outlive every exchange.
struct UseCases {
    registry::Repositories& repositories;
    registry::Uploads& uploads;
    registry::Blobs& blobs;
    registry::Images& images;
    const registry::Settings& settings;
    BodyBudget& bodies;  // for manifests, which are read whole
};

}  // namespace berth::api::oci
