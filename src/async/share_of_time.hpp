// Background work's share of the processor's time while work that goes first is under way.
//
// Whoever works in the background says how much processor time each piece took, and asks before the next piece how
// long to pause. With a share of 5 percent a piece of 1 ms is followed by a pause of 19 ms, so small pieces make small
// pauses, and work that was begun in a quiet moment steps back as soon as the moment is over. The share is that of all
// background work together, of one core.
#pragma once

#include "async/task.hpp"

#include <chrono>
#include <functional>
#include <mutex>
#include <utility>

namespace berth {

// Thread-safe.
class ShareOfTime {
public:
    // Is the work that goes first under way? Called from any thread, often.
    using Busy = std::function<bool()>;

    // `percent` of 100 or more: all of the time.
    ShareOfTime(unsigned percent, Busy busy);

    // Background work took this much of a processor.
    void worked(std::chrono::nanoseconds took);
    // Does such work, and counts it.
    template <class F>
    auto count(F&& work) {
        const auto begin = Clock::now();
        auto result = std::forward<F>(work)();
        worked(Clock::now() - begin);
        return result;
    }
    // How long the next piece has to wait, as far as is known now; ask again then. Zero: it may begin.
    [[nodiscard]] std::chrono::milliseconds to_wait() const;
    // Is there anything to step back for? Then pieces should be small.
    [[nodiscard]] bool limited() const;

private:
    using Clock = std::chrono::steady_clock;

    const unsigned percent_;
    const Busy busy_;
    mutable std::mutex mutex_;
    Clock::time_point free_{};  // until then what was worked is made good
};

// Waits until the next piece may begin.
[[nodiscard]] Task<void> give_way(const ShareOfTime& share);

}  // namespace berth
