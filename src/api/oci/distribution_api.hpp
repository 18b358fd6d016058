// The OCI Distribution API 1.1 under /v2/, over the use cases of src/registry.
//
// Where Amazon ECR's data plane departs from the specification (201 for a chunk, lists as text, absolute links), the
// specification holds here; docs/decisions says why.
#pragma once

#include "api/oci/exchange.hpp"
#include "api/oci/gate.hpp"
#include "async/task.hpp"
#include "http/message.hpp"

namespace berth::api::oci {

// Thread-safe: holds nothing but references, which outlive it.
class DistributionApi {
public:
    DistributionApi(UseCases use_cases, Gate gate) : use_(use_cases), gate_(gate) {}

    // For every request whose path begins with /v2. `request` outlives the task.
    [[nodiscard]] Task<http::Response> handle(http::Request& request);

private:
    [[nodiscard]] Task<http::Response> answer(http::Request& request);
    [[nodiscard]] Task<http::Response> run(Action action, Exchange& exchange);

    UseCases use_;
    Gate gate_;
};

}  // namespace berth::api::oci
