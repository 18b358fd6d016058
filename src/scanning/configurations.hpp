// Use cases of the scanning configuration: of the registry, and as it comes out for repositories.
#pragma once

#include "async/task.hpp"
#include "base/result.hpp"
#include "registry/call.hpp"
#include "registry/scan_rules.hpp"
#include "registry/services.hpp"
#include "store/scan_table.hpp"

#include <cstddef>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace berth::scanning {

struct RepositoryPlan {
    std::optional<model::Repository> repository;  // nullopt: there is none of that name
    registry::ScanPlan plan;
};

// Thread-safe; lives as long as the services it was given.
class Configurations {
public:
    explicit Configurations(registry::Services& services) : services_(services) {}

    Task<Result<store::ScanningConfiguration>> get(const registry::Call& call, model::Registry registry);
    // Type and rules; the tag patterns stay. invalid_parameter: BASIC takes one SCAN_ON_PUSH rule, ENHANCED one of
    // each of SCAN_ON_PUSH and CONTINUOUS_SCAN. A job brings the images there are to it (catch_up()).
    Task<Result<store::ScanningConfiguration>> put(const registry::Call& call, model::Registry registry,
                                                   store::ScanType type, std::vector<store::ScanRule> rules);
    // Which images are scanned by themselves. Our own.
    Task<Result<store::ScanningConfiguration>> put_tag_patterns(const registry::Call& call, model::Registry registry,
                                                                std::vector<std::string> patterns);
    // In the order of the names.
    Task<Result<std::vector<RepositoryPlan>>> of_repositories(const registry::Call& call, model::Registry registry,
                                                              std::vector<model::RepositoryName> names);
    // For the job: asks for the scans that a registry's continuous rules want, of images that have none or that did not
    // follow the database; what no such rule covers follows it no longer. False: stopped on the way; run again, it goes
    // on.
    Task<Result<bool>> catch_up(model::Registry registry, std::stop_token stop);

private:
    void catch_up_image(store::Transaction& tx, const store::ScanningConfiguration& configuration,
                        const model::Repository& repository, const model::Image& image);
    void stop_following(store::Transaction& tx, store::ImageScan scan);
    Task<Result<std::size_t>> catch_up_images(const model::Repository& repository, std::string& after);

    registry::Services& services_;
};

// The key of the catching-up job, and back.
[[nodiscard]] std::string catch_up_key(const model::Registry& registry);
[[nodiscard]] std::optional<model::Registry> parse_catch_up_key(std::string_view key);

}  // namespace berth::scanning
