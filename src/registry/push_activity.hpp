// Whether somebody is pushing to this process right now, for background work that steps back then.
#pragma once

#include <atomic>
#include <chrono>

namespace berth::registry {

// Thread-safe.
class PushActivity {
public:
    // A piece of a push has come in, or a manifest.
    void note() { last_.store(now(), std::memory_order_relaxed); }
    [[nodiscard]] bool within(std::chrono::milliseconds time) const {
        return now() - last_.load(std::memory_order_relaxed) < std::chrono::nanoseconds(time).count();
    }

private:
    static std::chrono::nanoseconds::rep now() {
        return std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count();
    }
    std::atomic<std::chrono::nanoseconds::rep> last_{0};
};

}  // namespace berth::registry
