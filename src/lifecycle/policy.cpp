#include "lifecycle/policy.hpp"

#include "lifecycle/words.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace berth::lifecycle {

namespace {

namespace json = boost::json;

json::string_view view(std::string_view text) {
    return {text.data(), text.size()};
}

void put(json::object& object, std::string_view name, std::string_view value) {
    object[view(name)] = view(value);
}

void put_list(json::object& object, std::string_view name, const std::vector<std::string>& texts) {
    if (texts.empty()) return;
    json::array list;
    for (const auto& text : texts) list.push_back(view(text));
    object[view(name)] = std::move(list);
}

json::object to_json(const Selection& selection) {
    json::object object;
    put(object, member::tag_status, to_text(selection.tag_status));
    put_list(object, member::tag_pattern_list, selection.tag_patterns);
    put_list(object, member::tag_prefix_list, selection.tag_prefixes);
    put_list(object, member::tag_regex_list, selection.tag_regexes);
    put_list(object, member::exclude_tag_pattern_list, selection.exclude_tag_patterns);
    put_list(object, member::exclude_tag_regex_list, selection.exclude_tag_regexes);
    if (selection.group_by_tag_regex) put(object, member::group_by_tag_regex, *selection.group_by_tag_regex);
    std::vector<std::string> ignored;
    if (selection.ignore_referrers) ignored.emplace_back(word::referrers);
    if (selection.ignore_children) ignored.emplace_back(word::children);
    put_list(object, member::ignore, ignored);
    if (selection.storage_class) put(object, member::storage_class, to_text(*selection.storage_class));
    if (selection.count_type) {
        put(object, member::count_type, to_text(*selection.count_type));
        if (*selection.count_type != CountType::image_count_more_than) put(object, member::count_unit, word::days);
        object[view(member::count_number)] = selection.count_number;
    }
    return object;
}

json::object to_json(const Rule& rule) {
    json::object object;
    object[view(member::rule_priority)] = rule.priority;
    if (rule.description) put(object, member::description, *rule.description);
    object[view(member::selection)] = to_json(rule.selection);
    json::object action;
    put(action, member::type, to_text(rule.action));
    if (rule.action == ActionType::transition) put(action, member::target_storage_class, word::archive);
    if (rule.children == Children::expire_unneeded) put(action, member::children, word::expire_unneeded);
    object[view(member::action)] = std::move(action);
    return object;
}

}  // namespace

std::string to_text(const Policy& policy) {
    json::array rules;
    for (const auto& rule : policy.rules) rules.push_back(to_json(rule));
    json::object document;
    document[view(member::rules)] = std::move(rules);
    return json::serialize(document);
}

StorageClass storage_class_of(const Rule& rule) {
    return rule.selection.storage_class.value_or(StorageClass::standard);
}

std::string_view to_text(TagStatus status) {
    return word::tag_statuses.text(status);
}

std::string_view to_text(StorageClass storage) {
    return word::storage_classes.text(storage);
}

std::string_view to_text(CountType type) {
    return word::count_types.text(type);
}

std::string_view to_text(ActionType type) {
    return word::extended_actions.text(type);
}

}  // namespace berth::lifecycle
