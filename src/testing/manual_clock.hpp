// A clock that stands still until a test moves it.
#pragma once

#include "base/clock.hpp"

#include <atomic>
#include <chrono>

namespace berth::testing {

// Thread-safe.
class ManualClock final : public Clock {
public:
    explicit ManualClock(Timestamp start = Timestamp(std::chrono::milliseconds(1'750'000'000'000))) : now_(start) {}

    [[nodiscard]] Timestamp now() const override { return now_; }
    void advance(std::chrono::milliseconds by) {
        auto before = now_.load();
        while (!now_.compare_exchange_weak(before, before + by)) {
        }
    }

private:
    std::atomic<Timestamp> now_;
};

}  // namespace berth::testing
