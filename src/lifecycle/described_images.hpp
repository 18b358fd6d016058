// The output of `aws ecr describe-images` as input: what a policy can be tried on without a server.
#pragma once

#include "base/result.hpp"
#include "lifecycle/images.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace berth::lifecycle {

struct DescribedImage {
    std::string digest;
    std::vector<std::string> tags;
    model::ImageStatus status = model::ImageStatus::active;
    Timestamp pushed_at;
    std::optional<Timestamp> last_pulled_at;
    std::optional<Timestamp> last_activated_at;
    std::optional<Timestamp> last_archived_at;
    std::vector<std::string> children;
    std::string subject;
};

struct DescribedRepository {
    std::string registry_id;  // of the first image; empty where it says none
    std::string repository_name;
    std::vector<DescribedImage> images;
};

// Takes {"imageDetails": [...]} or the list alone; times as ISO 8601 or as epoch seconds. ECR does not say which images
// an index names; "childManifestDigests", a list of digests, may be added to an index to tell it.
// Fault: invalid_parameter, with the place and what should stand there.
[[nodiscard]] Result<DescribedRepository> parse_described_images(std::string_view json);

// For evaluate(): images in the order given.
[[nodiscard]] Images pack(std::span<const DescribedImage> described);

}  // namespace berth::lifecycle
