#include "lifecycle/candidates.hpp"

#include "base/wildcard.hpp"

#include <algorithm>
#include <bit>

namespace berth::lifecycle {

namespace {

std::vector<Regex> compiled(const std::vector<std::string>& patterns) {
    std::vector<Regex> regexes;
    regexes.reserve(patterns.size());
    for (const auto& pattern : patterns) regexes.emplace_back(pattern);
    return regexes;
}

// Whether each of `entries` is met by one of `tags`.
template <class Entry, class Tag, class Meets>
bool each_met(const std::vector<Entry>& entries, const std::vector<Tag>& tags, Meets meets) {
    return std::ranges::all_of(entries, [&](const Entry& entry) {
        return std::ranges::any_of(tags, [&](const Tag& tag) { return meets(entry, tag); });
    });
}

template <class Entry, class Tag, class Meets>
bool one_met(const std::vector<Entry>& entries, const std::vector<Tag>& tags, Meets meets) {
    return std::ranges::any_of(entries, [&](const Entry& entry) {
        return std::ranges::any_of(tags, [&](const Tag& tag) { return meets(entry, tag); });
    });
}

}  // namespace

Candidates::Text Candidates::text_of(std::string_view text) {
    std::uint64_t characters = 0;
    for (const char c : text) characters |= std::uint64_t{1} << (static_cast<unsigned char>(c) & 63U);
    return {.text = text, .characters = characters};
}

std::vector<Candidates::Text> Candidates::texts_of(const std::vector<std::string>& texts) {
    constexpr auto star = std::uint64_t{1} << (static_cast<unsigned char>('*') & 63U);  // shared with 'j'
    std::vector<Text> all;
    for (const auto& text : texts) {
        all.push_back(text_of(text));
        all.back().characters &= ~star;
    }
    return all;
}

bool Candidates::begins(const Text& prefix, const Text& tag) {
    return (prefix.characters & ~tag.characters) == 0 && tag.text.starts_with(prefix.text);
}

bool Candidates::matches(const Text& pattern, const Text& tag) {
    return (pattern.characters & ~tag.characters) == 0 && matches_wildcard(pattern.text, tag.text);
}

Candidates::Candidates(const Policy& policy) {
    for (std::size_t r = 0; r < policy.rules.size(); ++r) {
        const auto& rule = policy.rules[r];
        const auto& selection = rule.selection;
        rules_.push_back({.prefixes = texts_of(selection.tag_prefixes),
                          .patterns = texts_of(selection.tag_patterns),
                          .regexes = compiled(selection.tag_regexes),
                          .excluded_patterns = texts_of(selection.exclude_tag_patterns),
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
    const auto by_regex = [](const Regex& regex, const Text& tag) { return regex.matches(tag.text); };
    if (!each_met(tests.prefixes, tags_, begins) || !each_met(tests.patterns, tags_, matches) ||
        !each_met(tests.regexes, tags_, by_regex)) {
        return false;
    }
    const auto grouped = [&](const Text& tag) { return tests.group->matches(tag.text); };
    if (tests.group && std::ranges::none_of(tags_, grouped)) return false;
    return !one_met(tests.excluded_patterns, tags_, matches) && !one_met(tests.excluded_regexes, tags_, by_regex);
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
        tags_.push_back(text_of(tag));
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
