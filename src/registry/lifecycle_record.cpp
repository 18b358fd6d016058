#include "registry/lifecycle_record.hpp"

#include "registry/events.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <string_view>

namespace berth::registry {

namespace {

namespace json = boost::json;

constexpr std::size_t images_in_event = 10;
constexpr std::size_t tags_of_image = 100;

std::string_view in_words(lifecycle::TagStatus status) {
    switch (status) {
        case lifecycle::TagStatus::tagged:
            return "Tagged";
        case lifecycle::TagStatus::untagged:
            return "Untagged";
        case lifecycle::TagStatus::any:
            break;
    }
    return "Any";
}

std::string_view in_words(lifecycle::CountType type) {
    switch (type) {
        case lifecycle::CountType::since_image_pushed:
            return "Since image pushed";
        case lifecycle::CountType::since_image_pulled:
            return "Since image pulled";
        case lifecycle::CountType::since_image_transitioned:
            return "Since image transitioned";
        case lifecycle::CountType::image_count_more_than:
            break;
    }
    return "Image count more than";
}

json::array texts(std::span<const std::string> values) {
    return json::array(values.begin(), values.end());
}

json::object rule_json(const lifecycle::Rule& rule) {
    const auto& selection = rule.selection;
    json::object selected{{"tagStatus", in_words(selection.tag_status)}};
    if (!selection.tag_prefixes.empty()) selected["tagPrefixList"] = texts(selection.tag_prefixes);
    if (!selection.tag_patterns.empty()) selected["tagPatternList"] = texts(selection.tag_patterns);
    if (selection.count_type) {
        selected["countType"] = in_words(*selection.count_type);
        selected["countNumber"] = selection.count_number;
    }
    json::object made{{"rulePriority", rule.priority}};
    if (rule.description) made["description"] = *rule.description;
    made["lifecycleEventSelection"] = std::move(selected);
    made["action"] = to_text(rule.action);
    return made;
}

// The rules these images met.
json::array rules_json(const lifecycle::Policy& policy, std::span<const ExecutionEntry> entries) {
    json::array made;
    for (const auto& rule : policy.rules) {
        if (std::ranges::find(entries, rule.priority, &ExecutionEntry::rule_priority) != entries.end()) {
            made.push_back(rule_json(rule));
        }
    }
    return made;
}

json::object entry_json(const ExecutionEntry& entry) {
    json::array tags;
    for (const auto& tag : entry.tags) {
        if (tags.size() == tags_of_image) break;
        tags.push_back(json::string(tag.text()));
    }
    json::object image{{"digest", entry.digest},
                       {"tagStatus", entry.tags.empty() ? "Untagged" : "Tagged"},
                       {"tagList", std::move(tags)},
                       {"pushedAt", entry.pushed_at.time_since_epoch().count()}};
    json::object made{{"lifecycleEventImage", std::move(image)}, {"rulePriority", entry.rule_priority}};
    if (!entry.failure_code.empty()) {
        made["failureCode"] = entry.failure_code;
        made["failureReason"] = entry.failure_reason;
    }
    return made;
}

}  // namespace

std::string execution_json(const Execution& execution, std::span<const ExecutionEntry> entries) {
    json::array actions;
    json::array failures;
    for (const auto& entry : entries) (entry.failure_code.empty() ? actions : failures).push_back(entry_json(entry));
    const json::object made{
        {"repositoryName", execution.repository.name.text()},
        {"lifecycleEventPolicy",
         json::object{{"lifecycleEventRules", rules_json(execution.policy, entries)},
                      {"lastEvaluatedAt", execution.evaluated_at.time_since_epoch().count()},
                      {"policyVersion", execution.stored.version},
                      {"policyId", std::to_string(static_cast<std::int64_t>(execution.stored.repository))}}},
        {"lifecycleEventImageActions", std::move(actions)},
        {"lifecycleEventFailureDetails", std::move(failures)}};
    return json::serialize(made);
}

void record_execution(Services& services, store::Transaction& tx, const Execution& execution,
                      std::span<const ExecutionEntry> entries) {
    for (std::size_t begin = 0; begin < entries.size(); begin += images_in_event) {
        const auto part = entries.subspan(begin, std::min(images_in_event, entries.size() - begin));
        announce_execution(services, tx, execution.repository, execution_json(execution, part));
    }
}

}  // namespace berth::registry
