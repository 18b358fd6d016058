// A Clair v4 server as engine: it fetches the layers itself, by links that open one blob each for an hour, and answers
// with a report.
#pragma once

#include "async/offload.hpp"
#include "auth/mac.hpp"
#include "base/clock.hpp"
#include "model/digest.hpp"
#include "scanning/clair/options.hpp"
#include "scanning/scanner.hpp"
#include "vulndb/database.hpp"

#include <condition_variable>
#include <mutex>
#include <stop_token>

namespace berth::scanning::clair {

class ClairScanner final : public Scanner {
public:
    // Everything outlives it. `links` is the key that this server's download links are signed with.
    ClairScanner(Options options, const auth::StatementKey& links, const Clock& clock, BlockingPool& pool);

    // Findings say which state() they are of. Faults: unavailable (no answer, none in time, an error of its own, still
    // loading its data, another state than asked for, not our key: try again), invalid_manifest (Clair cannot index the
    // image; its words).
    [[nodiscard]] Task<Result<scan::Findings>> scan(const ScanTarget& target, scan::Depth depth) override;

    // What Clair knows now: the generation is another one when an update brought it new vulnerabilities, or when its
    // indexer looks for other things. The same faults.
    [[nodiscard]] Task<Result<vulndb::Freshness>> state();

    // Clair is to drop what it knows of the image; fine as well if it knows nothing. The same faults.
    [[nodiscard]] Task<Result<void>> forget(const model::Digest& image);

    // Breaks off requests within a second.
    void stop() override { stop_.request_stop(); }

private:
    class Run;
    [[nodiscard]] bool pause();  // false: stopped

    const Options options_;
    const auth::StatementKey& links_;
    const Clock& clock_;
    BlockingPool& pool_;
    std::stop_source stop_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
};

}  // namespace berth::scanning::clair
