// Scanning: a registry's configuration, what became of each image's scan, the queue of scans that wait, and rules that
// set findings aside. Findings are bytes here; scanning/ knows what they say.
#pragma once

#include "base/clock.hpp"
#include "model/image.hpp"
#include "model/names.hpp"
#include "model/repository.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace berth::store {

enum class ScanType : std::uint8_t { basic, enhanced };
enum class ScanFrequency : std::uint8_t { manual, on_push, continuous };

struct ScanRule {
    ScanFrequency frequency = ScanFrequency::on_push;
    std::vector<std::string> filters;  // of repository names
    friend bool operator==(const ScanRule&, const ScanRule&) = default;
};

struct ScanningConfiguration {
    ScanType type = ScanType::basic;
    std::vector<ScanRule> rules;
    // Only images with a tag that fits one of these are scanned by themselves; empty: all. ECR has not got this.
    std::vector<std::string> tag_patterns;
    friend bool operator==(const ScanningConfiguration&, const ScanningConfiguration&) = default;
};

enum class ScanState : std::uint8_t { pending, in_progress, complete, failed };

// From UNDEFINED to CRITICAL.
using SeverityCounts = std::array<std::uint64_t, 6>;

// The scan of an image: the last one that was asked for.
struct ImageScan {
    model::ImageRowId image{};
    model::RepositoryId repository{};
    ScanType type = ScanType::basic;
    ScanState state = ScanState::pending;
    bool continuous = false;  // its findings follow the vulnerability database, or will from the next result on
    bool retryable = false;   // failed for want of something that may come: a database, an engine
    std::string reason = {};  // of a failure; of a completed scan, what it could not see; for people
    Timestamp requested_at;
    // Of the last one that was completed; its findings are kept until the next is.
    std::optional<Timestamp> completed_at = std::nullopt;
    std::optional<Timestamp> source_updated_at = std::nullopt;
    std::string generation = {};  // of the vulnerability database
    SeverityCounts counts = {};
    std::int64_t revision = 0;  // another one with each result
};

struct QueuedScan {
    model::ImageRowId image{};
    int attempts = 0;  // that failed
};

struct SuppressionRule {
    std::string name;  // unique in the registry
    std::string vulnerability;
    std::string package;
    std::string repository;
    std::vector<std::string> tags;
    std::string reason;
    std::optional<Timestamp> until = std::nullopt;
    Timestamp created_at;
};

class ScanTable {
public:
    virtual ~ScanTable() = default;

    // nullopt: none was put.
    [[nodiscard]] virtual std::optional<ScanningConfiguration> configuration(const model::Registry&) = 0;
    virtual void put_configuration(const model::Registry&, const ScanningConfiguration&) = 0;

    [[nodiscard]] virtual std::optional<ImageScan> find(model::ImageRowId) = 0;
    // Adds or replaces; the findings stay.
    virtual void put(const ImageScan&) = 0;
    // Empty: there are none.
    [[nodiscard]] virtual std::string findings(model::ImageRowId) = 0;
    virtual void put_findings(model::ImageRowId, std::string_view bytes) = 0;
    // The scan, its findings, and its place in the queue.
    virtual void erase(model::ImageRowId) = 0;
    // Failed scans that may succeed now.
    [[nodiscard]] virtual std::vector<ImageScan> retryable(model::ImageRowId after, std::size_t limit) = 0;

    // Completed scans whose findings follow the engine's data, but are of another generation than this. In no order.
    [[nodiscard]] virtual std::vector<ImageScan> behind(std::string_view generation, std::size_t limit) = 0;

    // One place an image. Repositories take turns: each new one of a repository stands behind its own last one, but
    // not behind all those of others.
    virtual void enqueue(model::ImageRowId, model::RepositoryId) = 0;
    [[nodiscard]] virtual bool any_due(Timestamp now) = 0;
    // The next, leased to `owner` until `until`.
    [[nodiscard]] virtual std::optional<QueuedScan> claim(std::string_view owner, Timestamp now, Timestamp until) = 0;
    // All leases of the owner.
    virtual void extend(std::string_view owner, Timestamp until) = 0;
    // Both do nothing when `owner` does not hold the lease (any more), and say so by false.
    virtual bool finish(model::ImageRowId, std::string_view owner) = 0;
    virtual bool retry(const QueuedScan&, std::string_view owner, Timestamp at) = 0;

    // By name.
    [[nodiscard]] virtual std::vector<SuppressionRule> suppressions(const model::Registry&) = 0;
    // Adds or replaces.
    virtual void put_suppression(const model::Registry&, const SuppressionRule&) = 0;
    // Whether there was one.
    virtual bool erase_suppression(const model::Registry&, std::string_view name) = 0;
};

}  // namespace berth::store
