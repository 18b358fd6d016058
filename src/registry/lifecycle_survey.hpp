// The images of a repository as a lifecycle policy judges them, and the way back from a decision to the row.
#pragma once

#include "lifecycle/evaluate.hpp"
#include "lifecycle/images.hpp"
#include "model/image.hpp"
#include "store/transaction.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace berth::registry {

// About 200 bytes an image, and its tags.
class Survey {
public:
    // Reads the whole repository; both the policy and the answers speak of this one moment.
    [[nodiscard]] static Survey take(store::Transaction& tx, model::RepositoryId repository, Timestamp now);

    // Takes out what is decided about images that came back from the recycle bin a short while ago
    // (Settings::restore_hold): they are judged and counted like all others, but no policy takes them yet.
    void spare_restored(std::vector<lifecycle::Decision>& decisions) const;

    [[nodiscard]] const lifecycle::Images& images() const { return images_; }
    // Subjects that a rule took or archived in a run that was broken off; one that is gone has an image of its own
    // here, with a row that no image has.
    [[nodiscard]] std::span<const lifecycle::Unfinished> unfinished() const { return unfinished_; }
    // All by the index decisions use.
    [[nodiscard]] model::ImageRowId row(std::uint32_t image) const { return rows_[image].id; }
    [[nodiscard]] Timestamp pushed_at(std::uint32_t image) const { return rows_[image].pushed_at; }
    [[nodiscard]] std::string_view digest(std::uint32_t image) const {
        return std::string_view(text_).substr(rows_[image].digest_begin, rows_[image].digest_length);
    }
    // By name.
    [[nodiscard]] std::vector<model::Tag> tags(std::uint32_t image) const;
    // Is everything a rule can look at as it was?
    [[nodiscard]] bool still_holds(std::uint32_t image, const model::Image& now, std::vector<model::Tag> tags) const;

private:
    void add(const lifecycle::Image& image, model::ImageRowId id);
    void take_up(const std::vector<store::Lead>& leads);

    struct Row {
        model::ImageRowId id{};
        Timestamp pushed_at;
        std::uint64_t digest_begin = 0;
        std::uint32_t digest_length = 0;
    };

    lifecycle::Images images_;
    std::vector<lifecycle::Unfinished> unfinished_;
    std::vector<Row> rows_;
    std::string text_;                         // the digests
    std::vector<model::ImageRowId> restored_;  // by row, ascending
};

}  // namespace berth::registry
