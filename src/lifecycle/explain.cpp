// Decisions in words.
#include "lifecycle/evaluate.hpp"

#include <chrono>

namespace berth::lifecycle {

namespace {

std::string plural(std::int64_t number, std::string_view noun) {
    return std::to_string(number) + " " + std::string(noun) + (number == 1 ? "" : "s");
}

std::string list_of(const std::vector<std::string>& entries, std::string_view after = {}) {
    std::string text;
    for (const auto& entry : entries) text.append(text.empty() ? "" : " and ").append(entry).append(after);
    return text;
}

std::string candidates_of(const Selection& selection) {
    std::string text(to_text(selection.tag_status));
    if (!selection.tag_prefixes.empty()) text = "tagged " + list_of(selection.tag_prefixes, "*");
    if (!selection.tag_patterns.empty()) text = "tagged " + list_of(selection.tag_patterns);
    if (!selection.tag_regexes.empty()) text = "tagged /" + list_of(selection.tag_regexes) + "/";
    const auto& excluded = selection.exclude_tag_patterns;
    if (!excluded.empty()) text += " but not " + list_of(excluded);
    if (!selection.exclude_tag_regexes.empty()) text += " but not /" + list_of(selection.exclude_tag_regexes) + "/";
    if (selection.ignore_referrers) text += " without referrers";
    if (selection.ignore_children) text += " without children of indexes";
    if (selection.group_by_tag_regex) text += ", each group of /" + *selection.group_by_tag_regex + "/";
    return text;
}

std::string limit_of(const Selection& selection) {
    if (!selection.count_type) return "all";
    const auto days = plural(selection.count_number, "day");
    switch (*selection.count_type) {
        case CountType::image_count_more_than:
            return "the youngest " + std::to_string(selection.count_number) + " kept";
        case CountType::since_image_pushed:
            return "pushed more than " + days + " ago";
        case CountType::since_image_pulled:
            return "not pulled for more than " + days;
        case CountType::since_image_transitioned:
            return "archived more than " + days + " ago";
    }
    return {};
}

std::string measured_by(const Selection& selection, std::int64_t measured) {
    if (selection.count_type == CountType::image_count_more_than) {
        return "it is number " + std::to_string(measured) + " from the youngest";
    }
    using namespace std::chrono;
    const milliseconds age(measured);
    const auto rest = floor<hours>(age - floor<days>(age)).count();
    return "it is " + plural(floor<days>(age).count(), "day") + (rest == 0 ? "" : " and " + plural(rest, "hour"));
}

std::string heading(const Rule& rule) {
    return "rule " + std::to_string(rule.priority) + " (" + candidates_of(rule.selection) + ", " +
           limit_of(rule.selection) + "): ";
}

}  // namespace

std::string explain(const Rule& rule) {
    auto text = heading(rule) + std::string(to_text(rule.action));
    if (rule.action == ActionType::transition) text += " to archive";
    if (rule.children == Children::expire_unneeded) text += " with unneeded children";
    return text;
}

std::string explain(const Policy& policy, const Decision& decision) {
    const auto& rule = policy.rules[decision.rule];
    auto text = heading(rule);
    switch (decision.cause) {
        case Cause::rule:
            text += measured_by(rule.selection, decision.measured);
            break;
        case Cause::with_index:
            text += "goes with the index that named it";
            break;
        case Cause::with_subject:
            text += "follows the image it refers to";
            break;
    }
    if (decision.hold == Hold::index) text += "; stays, because an index that stays names it";
    if (decision.hold == Hold::subject) text += "; stays, because the image it refers to stays";
    return text;
}

}  // namespace berth::lifecycle
