// Tells this process that there is work which somebody waits for: a background job, or a scan. Without it the work
// would wait for the next look at its queue; other processes see it then.
#pragma once

#include <functional>
#include <utility>

namespace berth::registry {

class JobBell {
public:
    // Before other threads ring. What is connected is thread-safe.
    void connect(std::function<void()> jobs, std::function<void()> scans) {
        jobs_ = std::move(jobs);
        scans_ = std::move(scans);
    }
    // After the transaction that enqueued the job, or the scan, was committed. Thread-safe; nobody need be connected.
    void ring() const {
        if (jobs_) jobs_();
    }
    void ring_for_scan() const {
        if (scans_) scans_();
    }

private:
    std::function<void()> jobs_;
    std::function<void()> scans_;
};

}  // namespace berth::registry
