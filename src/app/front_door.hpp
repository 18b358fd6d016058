// The one handler of the HTTP server: which front end a request is for, and what is counted and logged of it.
#pragma once

#include "api/aws/aws_api.hpp"
#include "api/oci/distribution_api.hpp"
#include "api/ops/metrics.hpp"
#include "api/ops/operations_api.hpp"
#include "app/config.hpp"
#include "http/server.hpp"

namespace berth::app {

// Thread-safe once it is open.
class FrontDoor {
public:
    FrontDoor(api::ops::OperationsApi& operations, api::ops::RequestCounters& counters, AccessLog access_log)
        : operations_(operations), counters_(counters), access_log_(access_log) {}

    // The front ends need the port that is bound; before they are here, everything but the probes is answered 503.
    void open(api::oci::DistributionApi& distribution, api::aws::AwsApi& aws) {
        distribution_ = &distribution;
        aws_ = &aws;
    }

    Task<http::Response> handle(http::Request& request);
    void observe(const http::Answered& answered);
    // A request that never came as far as handle(), refused in the words of the plane it was for.
    [[nodiscard]] static http::Response refuse(const http::Refused& refused);

private:
    api::ops::OperationsApi& operations_;
    api::ops::RequestCounters& counters_;
    const AccessLog access_log_;
    api::oci::DistributionApi* distribution_ = nullptr;
    api::aws::AwsApi* aws_ = nullptr;
};

}  // namespace berth::app
