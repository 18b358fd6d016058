#include "lifecycle/evaluate.hpp"

#include "lifecycle/candidates.hpp"
#include "lifecycle/links.hpp"
#include "lifecycle/settle.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace berth::lifecycle {

namespace {

using std::chrono::days;
using std::chrono::milliseconds;

// One rule's judgement of one candidate.
struct Judgement {
    bool marked = false;
    std::int64_t measured = 0;  // as Decision::measured
};

// Candidates counted from the youngest on, in all or for each group. Must be asked once for each candidate.
class Counter {
public:
    explicit Counter(std::int64_t keep) : keep_(keep) {}

    Judgement next() {
        ++all_;
        return {.marked = all_ > keep_, .measured = all_};
    }
    // The image takes a place in each of its groups, and is marked when none of them keeps it.
    Judgement next_in(std::vector<std::string_view>& groups) {
        std::ranges::sort(groups);
        const auto doubled = std::ranges::unique(groups);
        groups.erase(doubled.begin(), doubled.end());
        std::int64_t best = 0;
        for (const auto group : groups) {
            auto found = by_group_.find(group);
            if (found == by_group_.end()) found = by_group_.emplace(group, 0).first;
            const auto place = ++found->second;
            if (best == 0 || place < best) best = place;
        }
        return {.marked = best > keep_, .measured = best};
    }

private:
    std::int64_t keep_;
    std::int64_t all_ = 0;
    std::map<std::string, std::int64_t, std::less<>> by_group_;
};

// Images from the youngest to the oldest push; of equals the later stored is the younger.
std::vector<std::uint32_t> young_to_old(const Images& images) {
    struct Entry {
        Timestamp pushed;
        std::uint32_t image;
        auto operator<=>(const Entry&) const = default;
    };
    std::vector<Entry> entries;
    entries.reserve(images.size());
    for (std::uint32_t i = 0; i < images.size(); ++i) entries.push_back({images.records()[i].pushed, i});
    if (!std::ranges::is_sorted(entries)) std::ranges::sort(entries);
    std::vector<std::uint32_t> order(images.size());
    std::ranges::transform(entries, order.rbegin(), &Entry::image);
    return order;
}

class Evaluation {
public:
    Evaluation(const Policy& policy, const Images& images, Timestamp now, std::span<const Unfinished> unfinished)
        : policy_(policy), images_(images), now_(now), unfinished_(unfinished), links_(images), candidates_(policy) {
        for (std::size_t r = 0; r < policy.rules.size(); ++r) {
            const auto& rule = policy.rules[r];
            counters_.emplace_back(rule.selection.count_number);
            if (rule.selection.count_type == CountType::image_count_more_than) counts_ |= only(r);
            if (rule.action == ActionType::retain) retains_ |= only(r);
        }
        if (!links_.empty()) standings_.resize(images.size());
    }

    std::vector<Decision> run() {
        const auto rules = candidate_sets();
        if (counts_ == 0) {
            for (std::uint32_t i = 0; i < images_.size(); ++i) judge(i, rules[i]);
        } else {
            for (const auto image : young_to_old(images_)) judge(image, rules[image]);
            std::ranges::reverse(decisions_);  // nearly the order wanted in the end
        }
        const auto standing_in = stand_in();
        auto settled = settle(policy_, images_, links_, standings_, std::move(decisions_));
        if (!standing_in.empty()) {
            std::erase_if(settled, [&](const auto& decision) { return standing_in.contains(decision.image); });
        }
        return settled;
    }

private:
    // Decides once more what was carried out already, for the referrers to follow. Returns the images it is about.
    std::set<std::uint32_t> stand_in() {
        std::set<std::uint32_t> images;
        if (unfinished_.empty()) return images;
        for (const auto& one : unfinished_) images.insert(one.image);
        for (const auto& decision : decisions_) images.erase(decision.image);
        for (const auto& one : unfinished_) {
            if (!images.contains(one.image)) continue;
            const auto rule = std::ranges::find(policy_.rules, one.rule_priority, &Rule::priority);
            decisions_.push_back({.image = one.image,
                                  .related = one.image,
                                  .rule_priority = one.rule_priority,
                                  // One that is no more is weaker than any: what another rule retains stays.
                                  .rule = static_cast<std::uint8_t>(rule - policy_.rules.begin()),
                                  .effect = one.effect,
                                  .cause = Cause::rule,
                                  .hold = Hold::none,
                                  .measured = 0});
        }
        return images;
    }

    std::vector<RuleSet> candidate_sets() {
        std::vector<bool> child(links_.empty() ? 0 : images_.size());
        for (const auto& link : links_.all()) {
            if (link.kind == LinkKind::index) child[link.dependent] = true;
        }
        std::vector<RuleSet> rules(images_.size());
        for (std::uint32_t i = 0; i < images_.size(); ++i) {
            rules[i] = candidates_.of(images_, i, !child.empty() && child[i]);
        }
        return rules;
    }

    // Counting rules see every candidate, out of reach or not; the strongest rule that does not pass the image on then
    // has its way.
    void judge(std::uint32_t image, RuleSet rules) {
        for (RuleSet left = rules & counts_; left != 0; left &= left - 1) {
            const auto r = static_cast<std::size_t>(std::countr_zero(left));
            counted_[r] = count(image, r);
        }
        for (RuleSet left = rules; left != 0; left &= left - 1) {
            const auto r = static_cast<std::size_t>(std::countr_zero(left));
            const auto judgement = (counts_ & only(r)) != 0 ? counted_[r] : measure_age(image, r);
            const bool retains = (retains_ & only(r)) != 0;
            if (retains && judgement.marked) continue;
            if (!standings_.empty()) standings_[image] = {.rule = static_cast<std::uint8_t>(r), .retained = retains};
            if (judgement.marked) mark(image, r, judgement.measured);
            return;
        }
    }

    Judgement count(std::uint32_t image, std::size_t r) {
        if (!policy_.rules[r].selection.group_by_tag_regex) return counters_[r].next();
        groups_.clear();
        candidates_.each_group(images_, image, r, [&](std::string_view group) { groups_.push_back(group); });
        return counters_[r].next_in(groups_);
    }

    [[nodiscard]] Judgement measure_age(std::uint32_t image, std::size_t r) const {
        const auto& selection = policy_.rules[r].selection;
        if (!selection.count_type) return {};  // retains all its candidates
        const auto& record = images_.records()[image];
        auto since = record.pushed;
        if (selection.count_type == CountType::since_image_pulled) since = record.pulled;
        if (selection.count_type == CountType::since_image_transitioned) since = record.archived;
        if (since == Timestamp::min()) return {};  // never archived
        const milliseconds age = now_ - since;
        return {.marked = age > milliseconds(days(selection.count_number)), .measured = age.count()};
    }

    void mark(std::uint32_t image, std::size_t r, std::int64_t measured) {
        const auto& rule = policy_.rules[r];
        decisions_.push_back({.image = image,
                              .related = image,
                              .rule_priority = rule.priority,
                              .rule = static_cast<std::uint8_t>(r),
                              .effect = rule.action == ActionType::transition ? Effect::archive : Effect::expire,
                              .cause = Cause::rule,
                              .hold = Hold::none,
                              .measured = measured});
    }

    const Policy& policy_;
    const Images& images_;
    const Timestamp now_;
    const std::span<const Unfinished> unfinished_;
    const Dependencies links_;
    Candidates candidates_;
    RuleSet counts_ = 0;
    RuleSet retains_ = 0;
    std::vector<Counter> counters_;             // one a rule; used by those that count
    std::vector<Standing> standings_;           // one an image, where there are links
    std::array<Judgement, max_rules> counted_;  // by the counting rules, of the image in hand
    std::vector<std::string_view> groups_;
    std::vector<Decision> decisions_;
};

}  // namespace

std::vector<Decision> evaluate(const Policy& policy, const Images& images, Timestamp now,
                               std::span<const Unfinished> unfinished) {
    return Evaluation(policy, images, now, unfinished).run();
}

bool in_preview(const Decision& decision) {
    return decision.cause != Cause::with_subject && decision.hold != Hold::subject;
}

}  // namespace berth::lifecycle
