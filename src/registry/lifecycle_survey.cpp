#include "registry/lifecycle_survey.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <span>
#include <utility>

namespace berth::registry {

namespace {

// What the store shows is gone with the next row, and comes by digest; rules need it by the time of storing. All texts
// stand in one string, one after the other: digest, subject, tags.
struct Seen {
    model::ImageRowId id{};
    Timestamp pushed_at;
    std::optional<Timestamp> last_pulled_at;
    std::optional<Timestamp> last_archived_at;
    std::optional<Timestamp> last_activated_at;
    std::uint64_t text_begin = 0;
    std::uint32_t tags_begin = 0;
    std::uint32_t tags_end = 0;
    std::uint16_t digest_length = 0;
    std::uint16_t subject_length = 0;
    model::ImageStatus status = model::ImageStatus::active;
};

struct Child {
    model::ImageRowId parent{};
    std::uint64_t begin = 0;
    std::uint16_t length = 0;
};

struct Notes {
    std::string text;
    std::vector<Seen> images;
    std::vector<std::uint16_t> tag_lengths;
    std::vector<Child> children;
};

Notes read(store::Transaction& tx, model::RepositoryId repository) {
    Notes notes;
    tx.images().survey(repository, [&](const store::SurveyedImage& image) {
        Seen seen{.id = image.id,
                  .pushed_at = image.pushed_at,
                  .last_pulled_at = image.last_pulled_at,
                  .last_archived_at = image.last_archived_at,
                  .last_activated_at = image.last_activated_at,
                  .text_begin = notes.text.size(),
                  .tags_begin = static_cast<std::uint32_t>(notes.tag_lengths.size()),
                  .digest_length = static_cast<std::uint16_t>(image.digest.size()),
                  .subject_length = static_cast<std::uint16_t>(image.subject.size()),
                  .status = image.status};
        notes.text += image.digest;
        notes.text += image.subject;
        for (const auto tag : image.tags) {
            notes.text += tag;
            notes.tag_lengths.push_back(static_cast<std::uint16_t>(tag.size()));
        }
        seen.tags_end = static_cast<std::uint32_t>(notes.tag_lengths.size());
        notes.images.push_back(seen);
    });
    tx.images().survey_children(repository, [&](model::ImageRowId parent, std::string_view child) {
        notes.children.push_back(
            {.parent = parent, .begin = notes.text.size(), .length = static_cast<std::uint16_t>(child.size())});
        notes.text += child;
    });
    std::ranges::sort(notes.images, {}, &Seen::id);
    std::ranges::stable_sort(notes.children, {}, &Child::parent);
    return notes;
}

std::vector<std::string_view> tags_of(const lifecycle::Images& images, std::uint32_t image) {
    std::vector<std::string_view> tags;
    images.any_tag(image, [&](std::string_view tag) {
        tags.push_back(tag);
        return false;
    });
    return tags;
}

}  // namespace

Survey Survey::take(store::Transaction& tx, model::RepositoryId repository, Timestamp now) {
    const auto notes = read(tx, repository);
    const std::string_view text(notes.text);
    Survey survey;
    survey.images_.reserve(notes.images.size());
    survey.rows_.reserve(notes.images.size());
    lifecycle::Image image;
    auto child = notes.children.begin();
    for (const auto& seen : notes.images) {
        auto at = seen.text_begin;
        const auto next = [&](std::size_t length) { return text.substr(std::exchange(at, at + length), length); };
        image.digest = next(seen.digest_length);
        image.subject = next(seen.subject_length);
        image.tags.clear();
        for (auto tag = seen.tags_begin; tag < seen.tags_end; ++tag) image.tags.push_back(next(notes.tag_lengths[tag]));
        image.children.clear();
        while (child != notes.children.end() && child->parent < seen.id) ++child;
        for (; child != notes.children.end() && child->parent == seen.id; ++child) {
            image.children.push_back(text.substr(child->begin, child->length));
        }
        image.status = seen.status;
        image.pushed_at = seen.pushed_at;
        image.last_pulled_at = seen.last_pulled_at;
        image.last_archived_at = seen.last_archived_at;
        image.last_activated_at = seen.last_activated_at;
        survey.add(image, seen.id);
    }
    survey.take_up(tx.lifecycle().leads_by_rules(repository));
    survey.restored_ = tx.lifecycle().held(repository, now);
    return survey;
}

void Survey::add(const lifecycle::Image& image, model::ImageRowId id) {
    images_.add(image);
    rows_.push_back({.id = id,
                     .pushed_at = image.pushed_at,
                     .digest_begin = text_.size(),
                     .digest_length = static_cast<std::uint32_t>(image.digest.size())});
    text_ += image.digest;
}

// A subject that is back, or out of the archive again, leads nobody any more.
void Survey::take_up(const std::vector<store::Lead>& leads) {
    if (leads.empty()) return;
    std::map<std::string_view, std::uint32_t> there;
    for (const auto& lead : leads) there[lead.subject.text()] = static_cast<std::uint32_t>(images_.size());
    for (std::uint32_t image = 0; image < rows_.size(); ++image) {
        if (const auto found = there.find(digest(image)); found != there.end()) found->second = image;
    }
    for (const auto& lead : leads) {
        auto image = there[lead.subject.text()];
        const bool present = image < rows_.size() && rows_[image].id != model::ImageRowId{};
        const bool archives = lead.way == store::Way::to_archive;
        if (present != archives) continue;
        if (archives && images_.records()[image].status != model::ImageStatus::archived) continue;
        if (!archives) {
            image = static_cast<std::uint32_t>(images_.size());
            add({.digest = lead.subject.text(),
                 .tags = {},
                 .status = model::ImageStatus::activating,
                 .pushed_at = lead.at,
                 .last_pulled_at = {},
                 .last_activated_at = {},
                 .last_archived_at = {},
                 .children = {},
                 .subject = {}},
                {});
        }
        unfinished_.push_back({.image = image,
                               .effect = archives ? lifecycle::Effect::archive : lifecycle::Effect::expire,
                               .rule_priority = lead.cause.lifecycle_rule.value_or(0)});
    }
}

void Survey::spare_restored(std::vector<lifecycle::Decision>& decisions) const {
    if (restored_.empty()) return;
    std::erase_if(decisions,
                  [this](const auto& decision) { return std::ranges::binary_search(restored_, row(decision.image)); });
}

std::vector<model::Tag> Survey::tags(std::uint32_t image) const {
    std::vector<model::Tag> tags;
    for (const auto tag : tags_of(images_, image)) tags.push_back(model::known_valid<model::Tag>(tag));
    std::ranges::sort(tags);
    return tags;
}

// By the same packing as the survey's own, so that no rule can see a difference this does not.
bool Survey::still_holds(std::uint32_t image, const model::Image& now, std::vector<model::Tag> tags) const {
    std::ranges::sort(tags);
    if (tags != this->tags(image)) return false;
    lifecycle::Images present;
    present.add({.digest = now.digest.text(),
                 .tags = {},
                 .status = now.status,
                 .pushed_at = now.pushed_at,
                 .last_pulled_at = now.last_pulled_at,
                 .last_activated_at = now.last_activated_at,
                 .last_archived_at = now.last_archived_at,
                 .children = {},
                 .subject = {}});
    const auto& then = images_.records()[image];
    const auto& here = present.records().front();
    return then.key == here.key && then.status == here.status && then.pushed == here.pushed &&
           then.pulled == here.pulled && then.archived == here.archived;
}

}  // namespace berth::registry
