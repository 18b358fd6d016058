// Tells the runner of this process that a job was enqueued which somebody waits for. Without it the job would wait for
// the runner's next look.
#pragma once

#include <functional>
#include <utility>

namespace berth::registry {

class JobBell {
public:
    // Before other threads ring. What is connected is thread-safe.
    void connect(std::function<void()> listener) { listener_ = std::move(listener); }
    // After the transaction that enqueued the job was committed. Thread-safe; nobody need be connected.
    void ring() const {
        if (listener_) listener_();
    }

private:
    std::function<void()> listener_;
};

}  // namespace berth::registry
