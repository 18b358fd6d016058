#include "scan/suppression.hpp"

#include <boost/json/error.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <charconv>

namespace berth::scan {

namespace {

namespace json = boost::json;

constexpr std::size_t most_bytes = 4 << 20;
constexpr std::size_t most_rules = 10'000;
constexpr std::string_view white_space = " \t\r";

using Rules = std::vector<SuppressionRule>;

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(white_space);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(white_space) - first + 1);
}

std::optional<int> number(std::string_view digits) {
    int value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size() || value < 0) return std::nullopt;
    return value;
}

std::unexpected<Fault> refuse(const std::string& place, const std::string& what) {
    return fail(FaultKind::invalid_parameter, place + ": " + what);
}

// One named part of a rule, in both forms. Empty: it was taken; else what is wrong with it.
std::string set_part(std::string_view key, std::string_view value, SuppressionRule& rule) {
    if (value.empty()) return "\"" + std::string(key) + "\" is empty";
    if (key == "name")
        rule.name = value;
    else if (key == "vulnerability")
        rule.vulnerability = value;
    else if (key == "package")
        rule.package = value;
    else if (key == "repository")
        rule.repository = value;
    else if (key == "tag")
        rule.tags.emplace_back(value);
    else if (key == "reason")
        rule.reason = value;
    else if (key == "until") {
        rule.until = end_of_day(value);
        if (!rule.until) return "\"" + std::string(value) + "\" is no date; write 2026-12-31";
    } else
        return "\"" + std::string(key) + "\" is no part of a rule";
    return {};
}

bool asks_for_something(const SuppressionRule& rule) {
    return !rule.vulnerability.empty() || !rule.package.empty() || !rule.repository.empty() || !rule.tags.empty();
}

Result<SuppressionRule> parse_line(std::string_view line, const std::string& place) {
    SuppressionRule rule;
    const auto hash = line.find('#');
    if (hash != std::string_view::npos) rule.reason = trimmed(line.substr(hash + 1));
    line = line.substr(0, hash);
    for (bool first = true; !(line = trimmed(line)).empty(); first = false) {
        const auto word = line.substr(0, line.find_first_of(white_space));
        line.remove_prefix(word.size());
        const auto equals = word.find('=');
        auto problem =
            equals != std::string_view::npos ? set_part(word.substr(0, equals), word.substr(equals + 1), rule)
            : first                          ? set_part("vulnerability", word, rule)
                    : "\"" + std::string(word) + "\" stands where package=, repository=, tag= or until= could";
        if (!problem.empty()) return refuse(place, problem);
    }
    if (!asks_for_something(rule)) return refuse(place, "the rule asks for nothing, so it would hide everything");
    return rule;
}

Result<Rules> parse_lines(std::string_view text) {
    Rules rules;
    for (std::size_t number = 1; !text.empty(); ++number) {
        const auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        const auto content = trimmed(line);
        if (content.empty() || content.front() == '#') continue;
        auto rule = parse_line(content, "line " + std::to_string(number));
        if (!rule) return fail(std::move(rule));
        if (rules.size() == most_rules) return refuse("line " + std::to_string(number), "too many rules");
        rules.push_back(std::move(*rule));
    }
    return rules;
}

std::string set_member(std::string_view key, const json::value& value, SuppressionRule& rule) {
    if (key == "tags" && value.is_array()) {
        for (const auto& tag : value.get_array()) {
            if (!tag.is_string()) return "\"tags\" holds something that is no text";
            if (auto problem = set_part("tag", tag.get_string(), rule); !problem.empty()) return problem;
        }
        return {};
    }
    if (key == "tag" || !value.is_string()) return "\"" + std::string(key) + "\" is no part of a rule, or no text";
    return set_part(key, value.get_string(), rule);
}

Result<SuppressionRule> parse_object(const json::value& value, const std::string& place) {
    SuppressionRule rule;
    if (!value.is_object()) return refuse(place, "a rule is an object");
    for (const auto& [key, member] : value.get_object()) {
        if (auto problem = set_member(key, member, rule); !problem.empty()) return refuse(place, problem);
    }
    if (!asks_for_something(rule)) return refuse(place, "the rule asks for nothing, so it would hide everything");
    return rule;
}

Result<Rules> parse_json(std::string_view text) {
    constexpr std::size_t most_depth = 8;
    json::parse_options options;
    options.max_depth = most_depth;
    boost::system::error_code error;
    auto document = json::parse(text, error, {}, options);
    if (error) return refuse("the rules", "this is no JSON: " + error.message());
    const json::value* list = &document;
    if (document.is_object() && document.get_object().size() == 1) list = document.get_object().if_contains("rules");
    if (list == nullptr || !list->is_array()) return refuse("the rules", "an array of rules is expected");
    Rules rules;
    for (const auto& value : list->get_array()) {
        const auto place = "rule " + std::to_string(rules.size() + 1);
        if (rules.size() == most_rules) return refuse(place, "too many rules");
        auto rule = parse_object(value, place);
        if (!rule) return fail(std::move(rule));
        rules.push_back(std::move(*rule));
    }
    return rules;
}

}  // namespace

std::optional<Timestamp> end_of_day(std::string_view date) {
    using namespace std::chrono;
    constexpr std::size_t length = 10;
    if (date.size() != length || date[4] != '-' || date[7] != '-') return std::nullopt;
    const auto y = number(date.substr(0, 4));
    const auto m = number(date.substr(5, 2));
    const auto d = number(date.substr(8, 2));
    if (!y || !m || !d) return std::nullopt;
    const year_month_day day{year(*y), month(static_cast<unsigned>(*m)), std::chrono::day(static_cast<unsigned>(*d))};
    if (!day.ok()) return std::nullopt;
    return Timestamp(sys_days(day) + days(1));
}

Result<Rules> parse_ignore_file(std::string_view text) {
    if (text.size() > most_bytes) return refuse("the rules", "more than 4 MiB");
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return Rules();
    return text[first] == '[' || text[first] == '{' ? parse_json(text) : parse_lines(text);
}

}  // namespace berth::scan
