#include "lifecycle/forecast.hpp"

#include <numeric>
#include <optional>
#include <utility>

namespace berth::lifecycle {

namespace {

// A repository that loses images as days pass.
class Remaining {
public:
    explicit Remaining(const DescribedRepository& repository) : images_(repository.images), which_(images_.size()) {
        std::iota(which_.begin(), which_.end(), 0U);
    }

    std::vector<ForecastEntry> run(const Policy& policy, Timestamp at) {
        if (!packed_) packed_ = pack(images_);
        std::vector<ForecastEntry> entries;
        for (const auto& decision : evaluate(policy, *packed_, at)) {
            if (decision.hold != Hold::none) continue;
            entries.push_back(
                {.image = which_[decision.image], .status = images_[decision.image].status, .decision = decision});
        }
        if (!entries.empty()) apply(entries, at);
        return entries;
    }

private:
    void apply(const std::vector<ForecastEntry>& entries, Timestamp at) {
        std::vector<bool> gone(images_.size());
        for (const auto& entry : entries) {
            const auto image = entry.decision.image;
            if (entry.decision.effect == Effect::expire) {
                gone[image] = true;
            } else {
                images_[image].status = model::ImageStatus::archived;
                images_[image].last_archived_at = at;
            }
        }
        std::size_t kept = 0;
        for (std::size_t i = 0; i < images_.size(); ++i) {
            if (gone[i]) continue;
            if (kept != i) {
                images_[kept] = std::move(images_[i]);
                which_[kept] = which_[i];
            }
            ++kept;
        }
        images_.resize(kept);
        which_.resize(kept);
        packed_.reset();
    }

    std::vector<DescribedImage> images_;
    std::vector<std::uint32_t> which_;  // their indexes in the beginning
    std::optional<Images> packed_;      // of images_ as they are now
};

}  // namespace

std::vector<ForecastDay> forecast(const Policy& policy, const DescribedRepository& repository, Timestamp from,
                                  Timestamp until) {
    Remaining remaining(repository);
    std::vector<ForecastDay> days;
    for (auto at = from; at <= until; at += std::chrono::days(1)) {
        auto entries = remaining.run(policy, at);
        if (!entries.empty()) days.push_back({.at = at, .entries = std::move(entries)});
    }
    return days;
}

}  // namespace berth::lifecycle
