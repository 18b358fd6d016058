// Repositories, policies and results in one line of text each, for tests.
//
//   images   A[v1 stable]40  pushed 40 days ago under two tags; B[]3 untagged; behind the age: pull10 act20 (last pull,
//            last restore), ARCHIVED400, ACTIVATING, >C an index naming C, ^A a referrer to A; separated by " · "
//   rules    1: pre=alpha+beta count>1 / 2: any pulled>90d -> archive / 3: untagged archived>90d
//   results  A->1, B->2   in the order of execution; A=>1 archived; (A->1) held; A~>1 along with index or subject
#pragma once

#include "lifecycle/evaluate.hpp"
#include "model/digest.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <deque>
#include <map>
#include <string>
#include <vector>

namespace berth::lifecycle::notation {

inline const Timestamp now{std::chrono::hours(24 * 20'000)};

inline std::vector<std::string> split(const std::string& text, const std::string& by) {
    std::vector<std::string> parts;
    std::size_t at = 0;
    for (auto end = text.find(by); end != std::string::npos; end = text.find(by, at)) {
        parts.push_back(text.substr(at, end - at));
        at = end + by.size();
    }
    if (at < text.size()) parts.push_back(text.substr(at));
    return parts;
}

inline std::int32_t number(const std::string& text) {
    std::int32_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

inline std::string digest(const std::string& name) {
    return model::Digest::of(name).text();
}

// An image that owns its texts.
struct NamedImage {
    std::string name;
    std::vector<std::string> tags;
    model::ImageStatus status = model::ImageStatus::active;
    Timestamp pushed_at = now;
    std::optional<Timestamp> last_pulled_at;
    std::optional<Timestamp> last_activated_at;
    std::optional<Timestamp> last_archived_at;
    std::vector<std::string> children;  // names
    std::string subject;                // name
};

inline Timestamp days_ago(const std::string& text) {
    return now - std::chrono::days(number(text));
}

inline NamedImage image(const std::string& text) {
    NamedImage image;
    const auto open = text.find('[');
    const auto close = text.find(']');
    image.name = text.substr(0, open);
    image.tags = split(text.substr(open + 1, close - open - 1), " ");
    const auto words = split(text.substr(close + 1), " ");
    for (std::size_t i = 0; i < words.size(); ++i) {
        const auto& word = words[i];
        if (i == 0 && !word.empty()) image.pushed_at = days_ago(word);
        if (word.starts_with("pull")) image.last_pulled_at = days_ago(word.substr(4));
        if (word.starts_with("act")) image.last_activated_at = days_ago(word.substr(3));
        if (word.starts_with("ARCHIVED")) {
            image.status = model::ImageStatus::archived;
            image.last_archived_at = days_ago(word.substr(8));
        }
        if (word == "ACTIVATING") image.status = model::ImageStatus::activating;
        if (word.starts_with(">")) image.children.push_back(word.substr(1));
        if (word.starts_with("^")) image.subject = word.substr(1);
    }
    return image;
}

inline std::vector<NamedImage> images(const std::string& text) {
    std::vector<NamedImage> all;
    for (const auto& part : split(text, " · ")) all.push_back(image(part));
    return all;
}

inline Images pack(const std::vector<NamedImage>& named) {
    Images images;
    for (const auto& from : named) {
        std::deque<std::string> digests;
        const auto keep = [&](const std::string& name) { return std::string_view(digests.emplace_back(digest(name))); };
        Image image{.digest = keep(from.name),
                    .tags = {from.tags.begin(), from.tags.end()},
                    .status = from.status,
                    .pushed_at = from.pushed_at,
                    .last_pulled_at = from.last_pulled_at,
                    .last_activated_at = from.last_activated_at,
                    .last_archived_at = from.last_archived_at,
                    .children = {},
                    .subject = {}};
        for (const auto& child : from.children) image.children.push_back(keep(child));
        if (!from.subject.empty()) image.subject = keep(from.subject);
        images.add(image);
    }
    return images;
}

inline void read_count(const std::string& word, Selection& selection) {
    static const std::map<std::string, CountType> types{{"count", CountType::image_count_more_than},
                                                        {"pushed", CountType::since_image_pushed},
                                                        {"pulled", CountType::since_image_pulled},
                                                        {"archived", CountType::since_image_transitioned}};
    const auto sign = word.find('>');
    if (sign == std::string::npos) return;
    selection.count_type = types.at(word.substr(0, sign));
    selection.count_number = number(word.substr(sign + 1));
    if (selection.count_type == CountType::since_image_transitioned) selection.storage_class = StorageClass::archive;
}

// Extensions: re=, notpat=, notre=, group=, ignore=referrers, ignore=children, -> retain, -> with-children
inline Rule rule(const std::string& text) {
    Rule rule;
    const auto colon = text.find(": ");
    rule.priority = number(text.substr(0, colon));
    auto& selection = rule.selection;
    const auto list = [&](const std::string& word, const std::string& name, std::vector<std::string>& into) {
        if (word.starts_with(name)) into = split(word.substr(name.size()), "+");
    };
    for (const auto& word : split(text.substr(colon + 2), " ")) {
        list(word, "pre=", selection.tag_prefixes);
        list(word, "pat=", selection.tag_patterns);
        list(word, "notpat=", selection.exclude_tag_patterns);
        if (word.starts_with("re=")) selection.tag_regexes = {word.substr(3)};
        if (word.starts_with("notre=")) selection.exclude_tag_regexes = {word.substr(6)};
        if (word.starts_with("group=")) selection.group_by_tag_regex = word.substr(6);
        if (word == "ignore=referrers") selection.ignore_referrers = true;
        if (word == "ignore=children") selection.ignore_children = true;
        if (word == "untagged") selection.tag_status = TagStatus::untagged;
        if (word.starts_with("pre=") || word.starts_with("pat=") || word.starts_with("re=") ||
            word.starts_with("group=")) {
            selection.tag_status = TagStatus::tagged;
        }
        if (word == "archive") rule.action = ActionType::transition;
        if (word == "retain") rule.action = ActionType::retain;
        if (word == "with-children") rule.children = Children::expire_unneeded;
        if (!word.contains('=') && word != "->") read_count(word, selection);
    }
    return rule;
}

inline Policy policy(const std::string& text) {
    Policy policy;
    for (const auto& part : split(text, " / ")) policy.rules.push_back(rule(part));
    std::ranges::sort(policy.rules, {}, &Rule::priority);
    return policy;
}

inline std::string result(const std::vector<NamedImage>& images, const std::vector<Decision>& decisions) {
    std::string text;
    for (const auto& decision : decisions) {
        auto arrow = decision.effect == Effect::archive ? "=>" : "->";
        if (decision.cause != Cause::rule) arrow = "~>";
        auto one = images[decision.image].name + arrow + std::to_string(decision.rule_priority);
        if (decision.hold != Hold::none) one = "(" + one + ")";
        text += (text.empty() ? "" : ", ") + one;
    }
    return text.empty() ? "none" : text;
}

}  // namespace berth::lifecycle::notation
