// Evaluation as one would tell it, for tests: slow, without any of the evaluator's code or ideas.
#pragma once

#include "lifecycle/notation.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace berth::lifecycle::oracle {

using notation::NamedImage;

struct Fate {
    bool archive = false;
    std::size_t rule = 0;
    Cause cause = Cause::rule;
    Hold hold = Hold::none;
    std::size_t related = 0;
    std::int64_t measured = 0;
    friend bool operator==(const Fate&, const Fate&) = default;
};

inline bool glob(const char* pattern, const char* text) {
    if (*pattern == '*') return glob(pattern + 1, text) || (*text != 0 && glob(pattern, text + 1));
    if (*pattern == 0) return *text == 0;
    return *pattern == *text && glob(pattern + 1, text + 1);
}

inline const std::regex& regex(const std::string& pattern) {
    static std::map<std::string, std::regex> known;
    const auto found = known.find(pattern);
    return found != known.end() ? found->second : known.emplace(pattern, std::regex(pattern)).first->second;
}

class Oracle {
public:
    Oracle(const Policy& policy, const std::vector<NamedImage>& images, Timestamp now)
        : rules_(policy.rules), images_(images), now_(now) {
        for (std::size_t i = 0; i < images.size(); ++i) holders_.push_back(find_holders(i));
        for (const auto& rule : rules_) {
            std::set<std::size_t> all;
            for (std::size_t i = 0; i < images.size(); ++i) {
                if (selects(rule, i)) all.insert(i);
            }
            candidates_[&rule] = std::move(all);
        }
    }

    // What happens to each image, in the order of execution, holds last.
    std::vector<std::pair<std::size_t, Fate>> run() {
        for (std::size_t i = 0; i < images_.size(); ++i) decide(i);
        std::vector<std::pair<std::size_t, Fate>> ordered;
        std::set<std::size_t> left;
        for (const auto& [image, fate] : fates_) {
            if (fate && fate->hold == Hold::none) left.insert(image);
        }
        while (!left.empty()) {
            std::optional<std::size_t> next;
            for (const auto image : left) {
                const auto over = holders(image);
                const bool waits = std::ranges::any_of(over, [&](auto holder) { return left.contains(holder.second); });
                if (!waits && (!next || older(image, *next))) next = image;
            }
            ordered.emplace_back(*next, *fates_[*next]);
            left.erase(*next);
        }
        std::vector<std::pair<std::size_t, Fate>> held;
        for (const auto& [image, fate] : fates_) {
            if (fate && fate->hold != Hold::none) held.emplace_back(image, *fate);
        }
        std::ranges::sort(held, [&](const auto& a, const auto& b) { return older(a.first, b.first); });
        ordered.insert(ordered.end(), held.begin(), held.end());
        return ordered;
    }

private:
    using Holder = std::pair<Hold, std::size_t>;

    [[nodiscard]] Timestamp birth(std::size_t i) const {
        return images_[i].last_activated_at ? *images_[i].last_activated_at : images_[i].pushed_at;
    }
    [[nodiscard]] bool older(std::size_t a, std::size_t b) const {
        return birth(a) != birth(b) ? birth(a) < birth(b) : a < b;
    }
    [[nodiscard]] Timestamp last_use(std::size_t i) const {
        const auto& image = images_[i];
        if (!image.last_pulled_at) return birth(i);
        if (image.last_activated_at && *image.last_activated_at > *image.last_pulled_at) return birth(i);
        return *image.last_pulled_at;
    }

    [[nodiscard]] const std::set<Holder>& holders(std::size_t i) const { return holders_[i]; }
    [[nodiscard]] std::set<Holder> find_holders(std::size_t i) const {
        std::set<Holder> all;
        for (std::size_t j = 0; j < images_.size(); ++j) {
            for (const auto& child : images_[j].children) {
                if (child == images_[i].name) all.insert({Hold::index, j});
            }
            if (images_[i].subject == images_[j].name) all.insert({Hold::subject, j});
        }
        return all;
    }
    [[nodiscard]] bool is_child(std::size_t i) const {
        const auto all = holders(i);
        return std::ranges::any_of(all, [](const Holder& holder) { return holder.first == Hold::index; });
    }
    [[nodiscard]] bool is_referrer(std::size_t i) const {
        const auto& image = images_[i];
        static const std::regex scheme("sha256-[0-9a-f]{64}(\\..*)?");
        const bool by_tags = std::ranges::all_of(image.tags, [](const auto& t) { return std::regex_match(t, scheme); });
        return !image.subject.empty() || (by_tags && !image.tags.empty());
    }

    [[nodiscard]] bool candidate(const Rule& rule, std::size_t i) const { return candidates_.at(&rule).contains(i); }
    [[nodiscard]] bool selects(const Rule& rule, std::size_t i) const {
        const auto& image = images_[i];
        const auto& s = rule.selection;
        const bool archive = s.storage_class && *s.storage_class == StorageClass::archive;
        if (image.status != (archive ? model::ImageStatus::archived : model::ImageStatus::active)) return false;
        if (s.tag_status == TagStatus::tagged && image.tags.empty()) return false;
        if (s.tag_status == TagStatus::untagged && !image.tags.empty()) return false;
        if (s.ignore_children && is_child(i)) return false;
        if (s.ignore_referrers && is_referrer(i)) return false;
        for (const auto& prefix : s.tag_prefixes) {
            bool some = false;
            for (const auto& tag : image.tags) some = some || tag.substr(0, prefix.size()) == prefix;
            if (!some) return false;
        }
        for (const auto& pattern : s.tag_patterns) {
            bool some = false;
            for (const auto& tag : image.tags) some = some || glob(pattern.c_str(), tag.c_str());
            if (!some) return false;
        }
        for (const auto& pattern : s.tag_regexes) {
            bool some = false;
            for (const auto& tag : image.tags) some = some || std::regex_match(tag, regex(pattern));
            if (!some) return false;
        }
        for (const auto& tag : image.tags) {
            for (const auto& pattern : s.exclude_tag_patterns) {
                if (glob(pattern.c_str(), tag.c_str())) return false;
            }
            for (const auto& pattern : s.exclude_tag_regexes) {
                if (std::regex_match(tag, regex(pattern))) return false;
            }
        }
        return !s.group_by_tag_regex || !groups(rule, i).empty();
    }

    [[nodiscard]] std::set<std::string> groups(const Rule& rule, std::size_t i) const {
        std::set<std::string> all;
        for (const auto& tag : images_[i].tags) {
            std::smatch found;
            if (std::regex_match(tag, found, regex(*rule.selection.group_by_tag_regex))) all.insert(found[1].str());
        }
        return all;
    }

    // The image's place among the candidates that `among` lets in, 1 for the youngest.
    template <class Among>
    [[nodiscard]] std::int64_t rank(const Rule& rule, std::size_t i, Among&& among) const {
        std::int64_t younger = 0;
        for (std::size_t j = 0; j < images_.size(); ++j) {
            if (candidate(rule, j) && older(i, j) && among(j)) ++younger;
        }
        return younger + 1;
    }

    // What the rule measures, and whether that is over its limit.
    [[nodiscard]] std::pair<bool, std::int64_t> judge(const Rule& rule, std::size_t i) const {
        const auto& s = rule.selection;
        if (!s.count_type) return {false, 0};
        if (*s.count_type == CountType::image_count_more_than) {
            std::int64_t best = rank(rule, i, [](std::size_t) { return true; });
            if (s.group_by_tag_regex) {
                for (const auto& group : groups(rule, i)) {
                    const auto place = rank(rule, i, [&](std::size_t j) { return groups(rule, j).contains(group); });
                    best = std::min(best, place);
                }
            }
            return {best > s.count_number, best};
        }
        std::optional<Timestamp> since = birth(i);
        if (*s.count_type == CountType::since_image_pulled) since = last_use(i);
        if (*s.count_type == CountType::since_image_transitioned) since = images_[i].last_archived_at;
        if (!since) return {false, 0};
        const auto age = (now_ - *since).count();
        return {age > std::int64_t{s.count_number} * 24 * 60 * 60 * 1000, age};
    }

    // The rule that has the last word about the image, and its own decision if it acts.
    struct Word {
        std::size_t rule;
        bool retains = false;
        std::optional<Fate> fate;
    };
    [[nodiscard]] Word word(std::size_t i) const {
        for (std::size_t r = 0; r < rules_.size(); ++r) {
            if (!candidate(rules_[r], i)) continue;
            const auto [over, measured] = judge(rules_[r], i);
            const bool retains = rules_[r].action == ActionType::retain;
            if (retains && over) continue;
            if (retains || !over) return {r, retains, std::nullopt};
            return {r, false,
                    Fate{.archive = rules_[r].action == ActionType::transition,
                         .rule = r,
                         .related = i,
                         .measured = measured}};
        }
        return {rules_.size(), false, std::nullopt};
    }

    [[nodiscard]] std::optional<Fate> really(std::size_t i) {
        decide(i);
        const auto& fate = fates_[i];
        return fate && fate->hold == Hold::none ? fate : std::nullopt;
    }

    [[nodiscard]] std::optional<Holder> kept_by(std::size_t i, bool archive) {
        for (const auto& holder : holders(i)) {
            const auto going = really(holder.second);
            if (going && (archive || !going->archive)) continue;
            if (archive && images_[holder.second].status == model::ImageStatus::archived) continue;
            return holder;
        }
        return std::nullopt;
    }

    // Holders first, so links must not run in circles.
    void decide(std::size_t i) {
        if (fates_.contains(i)) return;
        const auto said = word(i);
        std::vector<Fate> ways;
        if (said.fate) ways.push_back(*said.fate);
        std::vector<Fate> with_index;
        for (const auto& [kind, holder] : holders(i)) {
            const auto going = really(holder);
            if (!going || images_[i].status == model::ImageStatus::activating) continue;
            auto follow = Fate{.archive = going->archive, .rule = going->rule, .related = holder};
            if (kind == Hold::index && !going->archive && images_[i].tags.empty() && said.rule >= going->rule &&
                rules_[going->rule].children == Children::expire_unneeded) {
                follow.cause = Cause::with_index;
                with_index.push_back(follow);
            }
        }
        std::ranges::stable_sort(with_index, {}, &Fate::rule);
        if (!with_index.empty()) ways.push_back(with_index.front());
        for (const auto& [kind, holder] : holders(i)) {
            const auto going = really(holder);
            if (!going || kind != Hold::subject || images_[i].status == model::ImageStatus::activating) continue;
            if (said.retains && said.rule < going->rule) continue;
            if (going->archive && images_[i].status != model::ImageStatus::active) continue;
            ways.push_back(
                {.archive = going->archive, .rule = going->rule, .cause = Cause::with_subject, .related = holder});
        }
        fates_[i] = best(i, ways, said.fate);
    }

    [[nodiscard]] std::optional<Fate> best(std::size_t i, const std::vector<Fate>& ways,
                                           const std::optional<Fate>& own) {
        for (const bool archive : {false, true}) {
            for (const auto& way : ways) {
                if (way.archive == archive && !kept_by(i, archive)) return way;
            }
        }
        if (!own) return std::nullopt;
        auto held = *own;
        std::tie(held.hold, held.related) = *kept_by(i, own->archive);
        return held;
    }

    const std::vector<Rule>& rules_;
    const std::vector<NamedImage>& images_;
    const Timestamp now_;
    std::vector<std::set<Holder>> holders_;
    std::map<const Rule*, std::set<std::size_t>> candidates_;
    std::map<std::size_t, std::optional<Fate>> fates_;
};

}  // namespace berth::lifecycle::oracle
