// What turns an image into findings: the built-in engine, or a Clair server.
#pragma once

#include "async/task.hpp"
#include "base/result.hpp"
#include "model/digest.hpp"
#include "registry/call.hpp"
#include "scan/finding.hpp"
#include "scan/match.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace berth::scanning {

// A layer as the manifest names it, the lowest first.
struct TargetLayer {
    model::Digest digest;
    std::string media_type;
    std::uint64_t size = 0;
};

// One image (never an index) whose manifest was looked at already.
struct ScanTarget {
    registry::RepositoryRef repository;
    model::Digest digest;
    std::optional<model::Digest> config = std::nullopt;
    std::vector<TargetLayer> layers;
    bool follows = false;  // its findings are to follow the engine's data
};

// Thread-safe; outlives its tasks, which may take minutes and run beside each other.
class Scanner {
public:
    Scanner() = default;
    Scanner(const Scanner&) = delete;
    Scanner& operator=(const Scanner&) = delete;
    virtual ~Scanner() = default;

    // Findings with their outcome; an unsupported system is an outcome, not a fault. Faults: unavailable (try again
    // later: the engine or its data are not there), too_large, invalid_manifest, deadline and the like (the image
    // cannot be scanned; the message says why and is shown to people). Reading the layers is no pull.
    [[nodiscard]] virtual Task<Result<scan::Findings>> scan(const ScanTarget& target, scan::Depth depth) = 0;

    // Breaks off the scans that run; they, and those that come, are `unavailable`. From any thread; for the end of the
    // program.
    virtual void stop() {}
};

}  // namespace berth::scanning
