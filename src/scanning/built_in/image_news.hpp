// Telling images that an inventory of theirs was matched again: their counts follow, and each new finding is an event.
#pragma once

#include "registry/services.hpp"
#include "scanning/followed_findings.hpp"
#include "scanning/kept_findings.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace berth::scanning {

// What is new in an inventory.
struct News {
    struct Finding {
        std::string id;
        std::string detail;  // of the event
        Timestamp first_observed;
    };
    std::vector<Finding> findings;
    std::optional<Timestamp> source_updated_at;
    std::string generation;
};

// About the findings of these names. They may be gone by now.
[[nodiscard]] News news_of(const KeptFindings& kept, const std::vector<std::string>& ids);

// Of one transaction.
class ImageTeller {
public:
    ImageTeller(registry::Services& services, store::Transaction& tx) : services_(services), tx_(tx) {}

    // Nothing happens to an image that is gone, or whose scan is under way and brings its own result.
    void tell(const store::FollowingImage& following, store::InventoryId inventory, const News& news);
    // How many images were looked at, and events written.
    [[nodiscard]] std::size_t rows() const { return rows_; }

private:
    const model::Repository* repository(model::RepositoryId id);

    registry::Services& services_;
    store::Transaction& tx_;
    std::optional<model::Repository> repository_;  // of the image before
    std::size_t rows_ = 0;
};

}  // namespace berth::scanning
