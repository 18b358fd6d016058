#include "lifecycle/rules_together.hpp"

#include "lifecycle/regex.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace berth::lifecycle {

namespace {

std::string place(std::size_t rule, std::string_view rest) {
    return "/rules/" + std::to_string(rule) + std::string(rest);
}

// ECR refuses rules that could never act because a stronger one has their candidates already. A rule that narrows its
// candidates by an extension, or only retains, leaves something to others.
bool leaves_others(const Rule& rule) {
    const auto& selection = rule.selection;
    return rule.action == ActionType::retain || selection.group_by_tag_regex || selection.ignore_referrers ||
           selection.ignore_children || !selection.exclude_tag_patterns.empty() ||
           !selection.exclude_tag_regexes.empty();
}

void check_priorities(const Policy& policy, Refusals& refusals) {
    std::set<std::int32_t> seen;
    for (std::size_t i = 0; i < policy.rules.size(); ++i) {
        if (!seen.insert(policy.rules[i].priority).second) {
            refusals.add(
                "Two rules must not have the same rulePriority (" + std::to_string(policy.rules[i].priority) + ").",
                place(i, "/rulePriority"));
        }
    }
}

void check_untagged(const Policy& policy, Refusals& refusals) {
    std::set<StorageClass> seen;
    for (std::size_t i = 0; i < policy.rules.size(); ++i) {
        const auto& rule = policy.rules[i];
        if (rule.selection.tag_status != TagStatus::untagged || leaves_others(rule)) continue;
        if (!seen.insert(storage_class_of(rule)).second) {
            refusals.add("Only one rule can select Untagged images per storage class.",
                         place(i, "/selection/tagStatus"));
        }
    }
}

void check_any(const Policy& policy, Refusals& refusals) {
    std::map<StorageClass, std::int32_t> weakest;
    for (const auto& rule : policy.rules) {
        auto& number = weakest[storage_class_of(rule)];
        number = std::max(number, rule.priority);
    }
    for (std::size_t i = 0; i < policy.rules.size(); ++i) {
        const auto& rule = policy.rules[i];
        if (rule.selection.tag_status != TagStatus::any || leaves_others(rule)) continue;
        if (rule.priority != weakest[storage_class_of(rule)]) {
            refusals.add("Rule for tagStatus=ANY must have the lowest priority per storage class",
                         place(i, "/rulePriority"));
        }
    }
}

void check_lists(const Policy& policy, Refusals& refusals) {
    std::set<std::pair<StorageClass, std::string>> prefixes;
    std::set<std::pair<StorageClass, std::vector<std::string>>> patterns;
    for (std::size_t i = 0; i < policy.rules.size(); ++i) {
        const auto& rule = policy.rules[i];
        if (leaves_others(rule)) continue;
        for (const auto& prefix : rule.selection.tag_prefixes) {
            if (!prefixes.insert({storage_class_of(rule), prefix}).second) {
                refusals.add("A tag prefix can be used only once per storage class.",
                             place(i, "/selection/tagPrefixList"));
            }
        }
        auto list = rule.selection.tag_patterns;
        std::ranges::sort(list);
        if (!list.empty() && !patterns.insert({storage_class_of(rule), std::move(list)}).second) {
            refusals.add("A tagPatternList can be used only once per storage class.",
                         place(i, "/selection/tagPatternList"));
        }
    }
}

void check_regex_number(const Policy& policy, Refusals& refusals) {
    std::size_t number = 0;
    for (const auto& rule : policy.rules) {
        const auto& selection = rule.selection;
        number += selection.tag_regexes.size() + selection.exclude_tag_regexes.size() +
                  (selection.group_by_tag_regex ? 1U : 0U);
    }
    if (number > max_regexes) refusals.add("A policy may have at most 64 regular expressions.", "/rules");
}

}  // namespace

void check_together(const Policy& policy, Refusals& refusals) {
    check_priorities(policy, refusals);
    check_untagged(policy, refusals);
    check_any(policy, refusals);
    check_lists(policy, refusals);
    check_regex_number(policy, refusals);
}

}  // namespace berth::lifecycle
