// Whether somebody is pushing to this process right now, for background work that steps back then.
#pragma once

#include <atomic>
#include <chrono>
#include <limits>

namespace berth::registry {

// Thread-safe.
class PushActivity {
public:
    // A piece of a push has come in.
    void note() { last_.store(now(), std::memory_order_relaxed); }
    // A manifest has: the push of an image ends.
    void note_image() {
        note();
        image_before_.store(image_.exchange(now(), std::memory_order_relaxed), std::memory_order_relaxed);
    }
    [[nodiscard]] bool within(std::chrono::milliseconds time) const {
        return now() - last_.load(std::memory_order_relaxed) < std::chrono::nanoseconds(time).count();
    }
    // Images come one after another: no more than `gap` lay between the last two.
    [[nodiscard]] bool in_a_row(std::chrono::milliseconds gap) const {
        return image_.load(std::memory_order_relaxed) - image_before_.load(std::memory_order_relaxed) <
               std::chrono::nanoseconds(gap).count();
    }

private:
    static std::chrono::nanoseconds::rep now() {
        return std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count();
    }
    static constexpr auto never = std::numeric_limits<std::chrono::nanoseconds::rep>::min() / 4;

    std::atomic<std::chrono::nanoseconds::rep> last_{never};
    std::atomic<std::chrono::nanoseconds::rep> image_{never};
    std::atomic<std::chrono::nanoseconds::rep> image_before_{2 * never};
};

}  // namespace berth::registry
