// The images of one repository, as much of them as lifecycle rules look at, packed for millions of them.
#pragma once

#include "base/clock.hpp"
#include "model/image.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace berth::lifecycle {

// One image as the caller hands it over. Everything is copied by Images::add, so the views need not outlive that call,
// and one Image can be filled again and again.
struct Image {
    std::string_view digest;             // "sha256:..."; unique in the repository
    std::vector<std::string_view> tags;  // at most 65,535 bytes each
    model::ImageStatus status = model::ImageStatus::active;
    Timestamp pushed_at;
    std::optional<Timestamp> last_pulled_at;
    std::optional<Timestamp> last_activated_at;  // last restore from the archive
    std::optional<Timestamp> last_archived_at;
    std::vector<std::string_view> children;  // digests an index names, present in the repository or not
    std::string_view subject;                // digest a referrer names; empty: no referrer
};

// Add images in the order they were stored in: of two with one push time the later added is the younger.
// Not thread-safe while images are added; any number of readers afterwards.
class Images {
public:
    void reserve(std::size_t count);
    // The index by which decisions name the image: 0, 1, 2 and so on.
    std::uint32_t add(const Image& image);
    [[nodiscard]] std::size_t size() const { return records_.size(); }

    // ---- for the evaluator ----

    // Enough of a digest to tell images of one repository apart.
    using Key = std::array<std::uint64_t, 2>;
    [[nodiscard]] static Key key_of(std::string_view digest);

    struct Record {
        Timestamp pushed;    // the last restore, where there was one: ECR counts from it in place of the push
        Timestamp pulled;    // the last pull; without one (since the restore), `pushed`
        Timestamp archived;  // Timestamp::min(): never
        Key key;
        std::uint64_t tags_end = 0;  // where the next image's tags begin
        model::ImageStatus status = model::ImageStatus::active;
        bool referrer = false;  // has a subject, or nothing but tags of the referrers tag scheme (sha256-HEX...)
    };
    // That `image` names the digest behind `key`.
    struct Link {
        std::uint32_t image;
        Key key;
    };

    [[nodiscard]] const std::vector<Record>& records() const { return records_; }
    [[nodiscard]] const std::vector<Link>& children() const { return children_; }
    [[nodiscard]] const std::vector<Link>& subjects() const { return subjects_; }
    [[nodiscard]] bool tagged(std::uint32_t image) const { return records_[image].tags_end != tags_begin(image); }

    // Calls `use` with each tag until it says true; whether one did.
    template <class Use>
    bool any_tag(std::uint32_t image, const Use& use) const {
        std::uint64_t at = tags_begin(image);
        const std::uint64_t end = records_[image].tags_end;
        while (at < end) {
            const auto length = static_cast<std::size_t>(static_cast<unsigned char>(tags_[at])) << 8U |
                                static_cast<unsigned char>(tags_[at + 1]);
            if (use(std::string_view(tags_.data() + at + 2, length))) return true;
            at += 2 + length;
        }
        return false;
    }

private:
    [[nodiscard]] std::uint64_t tags_begin(std::uint32_t image) const {
        return image == 0 ? 0 : records_[image - 1].tags_end;
    }

    std::vector<Record> records_;
    std::vector<char> tags_;  // each: its length in two bytes, high one first, then its characters
    std::vector<Link> children_;
    std::vector<Link> subjects_;
};

}  // namespace berth::lifecycle
