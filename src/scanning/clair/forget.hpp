// Clair keeps what it found in an image until it is told to forget it. It is told of each image that is gone for good:
// out of every repository, and out of their recycle bins.
//
// It reads the outbox, so that nobody who removes an image waits for Clair or knows of it; how far it has come is kept,
// so that a Clair that was away hears of all that went meanwhile, as long as the events are kept. What goes with a
// deleted repository is no event of its own: of that Clair is not told.
#pragma once

#include "async/task.hpp"
#include "base/result.hpp"
#include "registry/services.hpp"
#include "scanning/clair/clair_scanner.hpp"

#include <chrono>
#include <cstddef>

namespace berth::scanning::clair {

struct ForgetReport {
    std::size_t forgotten = 0;  // images Clair was told of
    bool more = false;          // there may be more to do at once
};

// All that it is given outlives it. One run at a time.
class Forget {
public:
    Forget(registry::Services& services, ClairScanner& scanner) : services_(services), scanner_(scanner) {}

    // The next events, `limit` at most. A Clair without an answer is asked again in the next run.
    Task<Result<ForgetReport>> run(std::size_t limit);

    // An event counts when it is as old as this: by then all that came before it are there.
    static constexpr std::chrono::seconds settling{2};

private:
    // Of an image that went. False: later.
    Task<Result<bool>> handle(const store::Event& event, ForgetReport& report);

    registry::Services& services_;
    ClairScanner& scanner_;
};

}  // namespace berth::scanning::clair
