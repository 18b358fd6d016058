// What an operator's machinery asks for: /healthz, /readyz, /metrics. No credentials are needed.
#pragma once

#include "api/ops/metrics.hpp"
#include "async/task.hpp"
#include "http/message.hpp"
#include "store/blob_store.hpp"
#include "store/metadata.hpp"

#include <atomic>
#include <string_view>

namespace berth::api::ops {

class OperationsApi {
public:
    OperationsApi(store::Metadata& metadata, store::BlobStore& blobs, const Metrics& metrics)
        : metadata_(metadata), blobs_(blobs), metrics_(metrics) {}

    [[nodiscard]] static bool serves(std::string_view path) {
        return path == "/healthz" || path == "/readyz" || path == "/metrics";
    }
    Task<http::Response> handle(http::Request& request);
    // From now on /readyz answers 503, so that balancers look elsewhere while running requests finish.
    void start_draining() { draining_ = true; }

private:
    Task<http::Response> ready();

    store::Metadata& metadata_;
    store::BlobStore& blobs_;
    const Metrics& metrics_;
    std::atomic<bool> draining_{false};
};

}  // namespace berth::api::ops
