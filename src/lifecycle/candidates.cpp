#include "lifecycle/candidates.hpp"

#include "base/wildcard.hpp"

#include <algorithm>
#include <bit>

namespace berth::lifecycle {

namespace {

std::vector<std::string_view> views(const std::vector<std::string>& texts) {
    return {texts.begin(), texts.end()};
}

std::vector<Regex> compiled(const std::vector<std::string>& patterns) {
    std::vector<Regex> regexes;
    for (const auto& pattern : patterns) regexes.emplace_back(pattern);
    return regexes;
}

// Whether each of `entries` is met by one of `tags`.
template <class Entry, class Meets>
bool each_met(const std::vector<Entry>& entries, const std::vector<std::string_view>& tags, Meets&& meets) {
    return std::ranges::all_of(entries, [&](const Entry& entry) {
        return std::ranges::any_of(tags, [&](std::string_view tag) { return meets(entry, tag); });
    });
}

template <class Entry, class Meets>
bool one_met(const std::vector<Entry>& entries, const std::vector<std::string_view>& tags, Meets&& meets) {
    return std::ranges::any_of(entries, [&](const Entry& entry) {
        return std::ranges::any_of(tags, [&](std::string_view tag) { return meets(entry, tag); });
    });
}

bool matches(const Regex& regex, std::string_view tag) {
    return regex.matches(tag);
}

bool begins(std::string_view prefix, std::string_view tag) {
    return tag.starts_with(prefix);
}

}  // namespace

Candidates::Candidates(const Policy& policy) {
    for (std::size_t r = 0; r < policy.rules.size(); ++r) {
        const auto& rule = policy.rules[r];
        const auto& selection = rule.selection;
        rules_.push_back({.prefixes = views(selection.tag_prefixes),
                          .patterns = views(selection.tag_patterns),
                          .regexes = compiled(selection.tag_regexes),
                          .excluded_patterns = views(selection.exclude_tag_patterns),
                          .excluded_regexes = compiled(selection.exclude_tag_regexes),
                          .group = std::nullopt});
        if (selection.group_by_tag_regex) rules_.back().group.emplace(*selection.group_by_tag_regex);
        const bool excludes = !selection.exclude_tag_patterns.empty() || !selection.exclude_tag_regexes.empty();
        if (selection.tag_status == TagStatus::tagged || excludes) looks_at_tags_ |= only(r);
        if (selection.ignore_referrers) ignores_referrers_ |= only(r);
        if (selection.ignore_children) ignores_children_ |= only(r);

        const auto status =
            storage_class_of(rule) == StorageClass::archive ? model::ImageStatus::archived : model::ImageStatus::active;
        auto& [untagged, tagged] = by_state_[static_cast<std::size_t>(status)];
        if (selection.tag_status != TagStatus::tagged) untagged |= only(r);
        if (selection.tag_status != TagStatus::untagged) tagged |= only(r);
        note_first_character(selection, r);
    }
}

void Candidates::note_first_character(const Selection& selection, std::size_t rule) {
    std::optional<char> first;
    if (!selection.tag_prefixes.empty()) first = selection.tag_prefixes.front().front();
    if (!selection.tag_patterns.empty()) first = selection.tag_patterns.front().front();
    if (!selection.tag_patterns.empty() && first == '*') first.reset();
    if (first) {
        by_first_character_[static_cast<unsigned char>(*first)] |= only(rule);
    } else {
        for (auto& rules : by_first_character_) rules |= only(rule);
    }
}

bool Candidates::passes(const Tests& tests) const {
    if (!each_met(tests.prefixes, tags_, begins) || !each_met(tests.patterns, tags_, matches_wildcard) ||
        !each_met(tests.regexes, tags_, matches)) {
        return false;
    }
    const auto groups = [&](std::string_view tag) { return tests.group->matches(tag); };
    if (tests.group && std::ranges::none_of(tags_, groups)) return false;
    return !one_met(tests.excluded_patterns, tags_, matches_wildcard) &&
           !one_met(tests.excluded_regexes, tags_, matches);
}

RuleSet Candidates::of(const Images& images, std::uint32_t image, bool child) {
    const auto& record = images.records()[image];
    const bool tagged = images.tagged(image);
    RuleSet rules = by_state_[static_cast<std::size_t>(record.status)][tagged ? 1 : 0];
    if (record.referrer) rules &= ~ignores_referrers_;
    if (child) rules &= ~ignores_children_;
    if (!tagged || (rules & looks_at_tags_) == 0) return rules;

    tags_.clear();
    RuleSet begun = ~looks_at_tags_;
    images.any_tag(image, [&](std::string_view tag) {
        tags_.push_back(tag);
        if (!tag.empty()) begun |= by_first_character_[static_cast<unsigned char>(tag.front())];
        return false;
    });
    rules &= begun;
    for (RuleSet left = rules & looks_at_tags_; left != 0; left &= left - 1) {
        const auto rule = static_cast<std::size_t>(std::countr_zero(left));
        if (!passes(rules_[rule])) rules &= ~only(rule);
    }
    return rules;
}

}  // namespace berth::lifecycle
