// From the policy's text to its rules: shape first, then each rule by itself, then the rules beside each other.
#include "base/utf8.hpp"
#include "lifecycle/parse_selection.hpp"
#include "lifecycle/policy.hpp"
#include "lifecycle/repeated_key.hpp"
#include "lifecycle/rules_together.hpp"
#include "lifecycle/schema.hpp"
#include "lifecycle/words.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <array>

namespace berth::lifecycle {

namespace {

namespace json = boost::json;

json::string_view view(std::string_view text) {
    return {text.data(), text.size()};
}

struct ParsedAction {
    ActionType type = ActionType::expire;
    Children children = Children::stay;
};

void check_target(const json::object& object, ActionType type, const std::string& at, Refusals& refusals) {
    const auto* target = object.if_contains(view(member::target_storage_class));
    if (type != ActionType::transition) {
        if (target != nullptr) schema::no_variant(at, "targetStorageClass belongs to transition alone", refusals);
    } else if (target == nullptr) {
        schema::no_variant(at, "transition needs targetStorageClass \"archive\"", refusals);
    } else {
        constexpr std::array words{word::archive};
        static_cast<void>(
            schema::one_of(*target, words, at + "/" + std::string(member::target_storage_class), refusals));
    }
}

ParsedAction parse_action(const json::value& value, const Options& options, const std::string& at, Refusals& refusals) {
    constexpr std::array allowed{member::type, member::target_storage_class, member::children};
    constexpr std::array required{member::type};
    const auto* object =
        schema::object(value, std::span(allowed).first(options.extensions ? 3 : 2), required, at, refusals);
    if (object == nullptr) return {};
    const auto& type = object->at(view(member::type));
    const auto type_at = at + "/type";
    ParsedAction action{.type = options.extensions ? schema::word(type, word::extended_actions, type_at, refusals)
                                                   : schema::word(type, word::actions, type_at, refusals)};
    check_target(*object, action.type, at, refusals);
    if (const auto* children = object->if_contains(view(member::children))) {
        constexpr std::array words{word::expire_unneeded};
        static_cast<void>(schema::one_of(*children, words, at + "/children", refusals));
        if (action.type != ActionType::expire) {
            schema::no_variant(at, "children belongs to expire alone", refusals);
        }
        action.children = Children::expire_unneeded;
    }
    return action;
}

Rule parse_rule(const json::value& value, const Options& options, const std::string& at, Refusals& refusals) {
    constexpr std::array allowed{member::rule_priority, member::description, member::selection, member::action};
    constexpr std::array required{member::action, member::rule_priority, member::selection};
    const auto* object = schema::object(value, allowed, required, at, refusals);
    if (object == nullptr) return {};
    Rule rule;
    rule.priority = schema::integer(object->at(view(member::rule_priority)), 1, at + "/rulePriority", refusals);
    if (const auto* description = object->if_contains(view(member::description))) {
        rule.description = schema::text(*description, at + "/description", refusals);
    }
    const auto action = parse_action(object->at(view(member::action)), options, at + "/action", refusals);
    rule.action = action.type;
    rule.children = action.children;
    rule.selection =
        parse_selection(object->at(view(member::selection)), action.type, options, at + "/selection", refusals);
    return rule;
}

Policy parse_rules(const json::object& document, const Options& options, Refusals& refusals) {
    const auto* rules = document.if_contains(view(member::rules));
    if (rules == nullptr || !rules->is_array()) {
        refusals.add("object has missing required properties ([\"rules\"])", "",
                     rules == nullptr ? "" : "rules is not an array");
        return {};
    }
    constexpr std::array allowed{member::rules};
    static_cast<void>(schema::object(document, allowed, allowed, "", refusals));
    const auto& list = rules->get_array();
    schema::list_size(list.size(), 1, max_rules, "/rules", refusals);
    Policy policy;
    for (std::size_t i = 0; i < list.size() && !refusals.any(); ++i) {
        policy.rules.push_back(parse_rule(list[i], options, "/rules/" + std::to_string(i), refusals));
    }
    return policy;
}

// ECR's API model has a minimum and a maximum of characters; whoever calls without that model meets them here.
std::optional<Fault> wrong_length(std::string_view text) {
    const auto length = count_characters(text);
    if (length >= min_text_length && length <= max_text_length) return std::nullopt;
    const auto limit = length < min_text_length ? "greater than or equal to " + std::to_string(min_text_length)
                                                : "less than or equal to " + std::to_string(max_text_length);
    return Fault{.kind = FaultKind::invalid_parameter,
                 .message =
                     "Invalid parameter at 'lifecyclePolicyText' failed to satisfy constraint: 'must have "
                     "length " +
                     limit + "'"};
}

}  // namespace

Result<Policy> parse(std::string_view text, const Options& options) {
    if (auto fault = wrong_length(text)) return std::unexpected(std::move(*fault));
    boost::system::error_code broken;
    const auto document = json::parse(view(text), broken);
    const auto* object = broken ? nullptr : document.if_object();
    if (object == nullptr) {
        const auto why = broken ? broken.message() : std::string("it is not an object");
        return std::unexpected(policy_fault("Could not map policyString into LifecyclePolicy. " + why));
    }
    if (const auto key = find_repeated_key(text)) {
        return std::unexpected(policy_fault(
            "Could not map policyString into LifecyclePolicy. An object has the key \"" + *key + "\" twice"));
    }
    Refusals refusals;
    auto policy = parse_rules(*object, options, refusals);
    if (!refusals.any()) check_together(policy, refusals);
    if (const auto& refusal = refusals.first()) return std::unexpected(*refusal);
    std::ranges::sort(policy.rules, {}, &Rule::priority);
    return policy;
}

}  // namespace berth::lifecycle
