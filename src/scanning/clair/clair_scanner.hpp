// A Clair v4 server as engine: it fetches the layers itself, by links that open one blob each for an hour, and answers
// with a report.
#pragma once

#include "async/offload.hpp"
#include "auth/mac.hpp"
#include "base/clock.hpp"
#include "base/secret.hpp"
#include "client/http.hpp"
#include "scanning/scanner.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>

namespace berth::scanning::clair {

struct Options {
    std::string url;      // http://clair:6060
    std::string own_url;  // of this server, as Clair reaches it
    Secret key;           // the shared bytes; empty: Clair asks for none
    std::string issuer = "berth";
    std::chrono::milliseconds poll{2'000};
    std::chrono::milliseconds patience{600'000};  // for one image, from the first request on
};

class ClairScanner final : public Scanner {
public:
    // Everything outlives it. `links` is the key that this server's download links are signed with.
    ClairScanner(Options options, const auth::StatementKey& links, const Clock& clock, BlockingPool& pool);

    // Faults: unavailable (no answer, still loading its data, another state than asked for: try again), unsupported and
    // invalid_manifest (Clair cannot index the image; its words), deadline, access_denied (the key).
    [[nodiscard]] Task<Result<scan::Findings>> scan(const ScanTarget& target, scan::Depth depth) override;

    // Ends waiting for Clair, now and from now on; scans under way end with unavailable.
    void stop();

private:
    class Run;
    [[nodiscard]] bool pause();  // false: stopped

    Options options_;
    const auth::StatementKey& links_;
    const Clock& clock_;
    BlockingPool& pool_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool stopped_ = false;
};

}  // namespace berth::scanning::clair
