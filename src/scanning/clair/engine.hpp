// Clair as engine with all that it needs here: threads that may wait for its answers.
#pragma once

#include "async/offload.hpp"
#include "scanning/clair/clair_scanner.hpp"
#include "scanning/clair/forget.hpp"
#include "scanning/clair/rematch.hpp"

#include <cstddef>
#include <utility>

namespace berth::scanning::clair {

class Engine {
public:
    // `scans`: that run at the same time. All else outlives it.
    Engine(registry::Services& services, ScanResults& results, const auth::StatementKey& links, Options options,
           std::size_t scans)
        : threads_(scans + Rematch::at_once + 1),
          scanner_(std::move(options), links, services.clock, threads_),
          rematch_(services, scanner_, results),
          forget_(services, scanner_) {}
    ~Engine() {
        scanner_.stop();
        threads_.join();
    }
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    [[nodiscard]] ClairScanner& scanner() { return scanner_; }
    [[nodiscard]] Rematch& rematch() { return rematch_; }
    [[nodiscard]] Forget& forget() { return forget_; }

private:
    BlockingPool threads_;
    ClairScanner scanner_;
    Rematch rematch_;
    Forget forget_;
};

}  // namespace berth::scanning::clair
