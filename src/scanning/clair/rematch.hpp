// Continuous scans by Clair: when it knows more than it did, it is asked again for the images that follow. It keeps
// what is in them, so no layer is fetched for it, but where its indexer looks for other things than before.
#pragma once

#include "async/task.hpp"
#include "base/result.hpp"
#include "registry/services.hpp"
#include "scanning/clair/clair_scanner.hpp"
#include "scanning/scan_results.hpp"

#include <cstddef>
#include <string>

namespace berth::scanning::clair {

struct RematchReport {
    bool news = false;       // Clair answers again, or knows something else: scans that failed may succeed now
    std::size_t images = 0;  // that were asked for
};

// All that it is given outlives it. One run at a time.
class Rematch {
public:
    Rematch(registry::Services& services, ClairScanner& scanner, ScanResults& results)
        : services_(services), scanner_(scanner), results_(results) {}

    // How many images Clair is asked about at the same time: it mostly waits for its database.
    static constexpr std::size_t at_once = 4;

    // At most `limit` images that are behind; as many as that: there may be more. What Clair can say nothing about (any
    // more) keeps the findings it has until the next change. Without an answer from Clair nothing is done; its faults
    // are logged, once until it answers.
    Task<Result<RematchReport>> run(std::size_t limit);

private:
    struct Batch;
    Task<Result<void>> run_lanes(Batch& batch, std::size_t lanes);
    Task<Result<void>> run_lane(Batch& batch);
    // False: Clair is not there (any more).
    Task<Result<bool>> ask_again(const store::ImageScan& scan, const std::string& generation);
    Task<Result<void>> leave(const store::ImageScan& scan, const std::string& generation);
    void say_unreachable(const Fault& fault);

    registry::Services& services_;
    ClairScanner& scanner_;
    ScanResults& results_;
    std::string seen_;  // Clair's generation at the last answer; empty: there was none
    bool said_unreachable_ = false;
};

}  // namespace berth::scanning::clair
