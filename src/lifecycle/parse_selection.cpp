#include "lifecycle/parse_selection.hpp"

#include "lifecycle/regex.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <array>

namespace berth::lifecycle {

namespace {

namespace json = boost::json;

constexpr std::int32_t shortest_archive = 90;  // days; the archive's minimum storage duration
constexpr auto most_wildcards = 4;

// ECR's own members first, then the extensions.
constexpr std::array all_members{member::tag_status,
                                 member::tag_pattern_list,
                                 member::tag_prefix_list,
                                 member::storage_class,
                                 member::count_type,
                                 member::count_unit,
                                 member::count_number,
                                 member::tag_regex_list,
                                 member::exclude_tag_pattern_list,
                                 member::exclude_tag_regex_list,
                                 member::group_by_tag_regex,
                                 member::ignore};
constexpr std::size_t own_members = 7;

// One selection's members by name, and where they stand.
class Members {
public:
    Members(const json::object& object, std::string at, Refusals& refusals)
        : object_(object), at_(std::move(at)), refusals_(refusals) {}

    [[nodiscard]] const json::value* find(std::string_view name) const {
        return object_.if_contains(json::string_view(name.data(), name.size()));
    }
    [[nodiscard]] std::string at(std::string_view name) const { return at_ + "/" + std::string(name); }

    template <class Enum, std::size_t count>
    [[nodiscard]] std::optional<Enum> word(std::string_view name, const word::Words<Enum, count>& words) const {
        const auto* value = find(name);
        if (value == nullptr) return std::nullopt;
        return schema::word(*value, words, at(name), refusals_);
    }
    [[nodiscard]] std::vector<std::string> texts(std::string_view name) const {
        const auto* value = find(name);
        return value == nullptr ? std::vector<std::string>() : schema::texts(*value, at(name), refusals_);
    }
    void no_variant(std::string_view hint) const { schema::no_variant(at_, hint, refusals_); }
    void refuse(std::string_view name, std::string_view reason) const { refusals_.add(reason, at(name)); }
    void refuse(std::string_view reason) const { refusals_.add(reason, at_); }

    [[nodiscard]] Refusals& refusals() const { return refusals_; }

    // An explicit null fits no variant of the schema, unlike an absent member.
    void refuse_nulls() const {
        for (const auto& entry : object_) {
            if (entry.value().is_null()) {
                schema::no_variant(at({entry.key().data(), entry.key().size()}), "null", refusals_);
            }
        }
    }

private:
    const json::object& object_;
    std::string at_;
    Refusals& refusals_;
};

void check_patterns(const Members& members, std::string_view name, const std::vector<std::string>& patterns) {
    for (const auto& pattern : patterns) {
        if (std::ranges::count(pattern, '*') > most_wildcards) {
            members.refuse(name, "A tag pattern may have at most 4 wildcards ('*').");
        }
    }
}

void check_regex(const Members& members, std::string_view name, std::string_view pattern) {
    if (pattern.size() > max_regex_length) {
        members.refuse(name, "A regular expression may have at most 256 bytes.");
    } else if (const auto problem = Regex(pattern).problem()) {
        members.refuse(name, "Not a regular expression of RE2's syntax (" + *problem + ").");
    }
}

void check_regexes(const Members& members, std::string_view name, const std::vector<std::string>& patterns) {
    // The number over all rules is checked in rules_together; here no more than that are compiled.
    for (const auto& pattern : std::span(patterns).first(std::min(patterns.size(), max_regexes))) {
        check_regex(members, name, pattern);
    }
}

void check_group(const Members& members, const Selection& selection, std::string_view pattern) {
    check_regex(members, member::group_by_tag_regex, pattern);
    if (Regex(pattern.substr(0, max_regex_length)).groups() != 1) {
        members.refuse(member::group_by_tag_regex, "The regular expression must have exactly one capture group.");
    }
    if (selection.tag_status != TagStatus::tagged || selection.count_type != CountType::image_count_more_than) {
        members.refuse(member::group_by_tag_regex,
                       "groupByTagRegex needs tagStatus=TAGGED and countType=imageCountMoreThan.");
    }
}

void read_ignored(const Members& members, Selection& selection) {
    const auto* value = members.find(member::ignore);
    const auto* list = value != nullptr ? value->if_array() : nullptr;
    if (value != nullptr && (list == nullptr || list->empty())) {
        members.refuse(member::ignore, "ignore is a list of \"children\" and \"referrers\".");
    }
    for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
        const auto* text = (*list)[i].if_string();
        const auto word = text != nullptr ? std::string_view(text->data(), text->size()) : std::string_view();
        if (word == word::children) {
            selection.ignore_children = true;
        } else if (word == word::referrers) {
            selection.ignore_referrers = true;
        } else {
            members.refuse(member::ignore, "ignore is a list of \"children\" and \"referrers\".");
        }
    }
}

void check_tag_lists(const Members& members, const Selection& selection) {
    constexpr std::array lists{member::tag_pattern_list, member::tag_prefix_list, member::tag_regex_list};
    const auto given = std::ranges::count_if(lists, [&](auto name) { return members.find(name) != nullptr; });
    const bool empty =
        selection.tag_patterns.empty() && selection.tag_prefixes.empty() && selection.tag_regexes.empty();
    if (selection.tag_status != TagStatus::tagged) {
        if (given > 0) members.refuse("tagPrefixList and tagPatternList are allowed only when tagStatus=TAGGED.");
    } else if (given > 1) {
        members.refuse("Only one of tagPrefixList and tagPatternList may be specified.");
    } else if (empty && (given > 0 || !selection.group_by_tag_regex)) {
        members.refuse("Must specify tagPrefixList or tagPatternList when tagStatus=TAGGED.");
    }
}

void check_exclusions(const Members& members, const Selection& selection) {
    for (const auto name : {member::exclude_tag_pattern_list, member::exclude_tag_regex_list}) {
        const auto* list = members.find(name);
        if (list == nullptr) continue;
        if (list->is_array() && list->get_array().empty()) members.refuse(name, "A list of exclusions has an entry.");
        if (selection.tag_status == TagStatus::untagged) {
            members.refuse(name, "Tags can be excluded only when tagStatus=TAGGED or tagStatus=ANY.");
        }
    }
}

// Which counts go with which storage class and action (user guide, "Lifecycle policy properties", countType).
void check_count(const Members& members, const Selection& selection, ActionType action, const Options& options) {
    const bool archived = selection.storage_class == StorageClass::archive;
    const auto type = selection.count_type;
    if (!type) {
        if (members.find(member::count_unit) != nullptr || members.find(member::count_number) != nullptr) {
            members.no_variant("countUnit and countNumber need countType");
        }
        return;
    }
    const bool in_days = type != CountType::image_count_more_than;
    const bool unit = members.find(member::count_unit) != nullptr;
    if (in_days && !unit) members.no_variant("countUnit \"days\" is needed with this countType");
    if (!in_days && unit) members.no_variant("countUnit must be absent with imageCountMoreThan");
    if (type == CountType::since_image_transitioned) {
        if (!archived) members.no_variant("sinceImageTransitioned needs storageClass \"archive\"");
        if (action == ActionType::transition) members.no_variant("archived images can only expire");
    } else {
        if (archived) members.no_variant("storageClass \"archive\" needs countType sinceImageTransitioned");
        if (type == CountType::since_image_pulled && action == ActionType::expire && !options.extensions) {
            members.no_variant("sinceImagePulled allows only the action transition");
        }
    }
}

void read_count(const Members& members, Selection& selection, ActionType action, const Options& options) {
    selection.count_type = members.word(member::count_type, word::count_types);
    selection.storage_class = members.word(member::storage_class, word::storage_classes);
    constexpr std::array units{word::days};
    if (const auto* unit = members.find(member::count_unit)) {
        static_cast<void>(schema::one_of(*unit, units, members.at(member::count_unit), members.refusals()));
    }
    if (const auto* number = members.find(member::count_number)) {
        const auto min = selection.count_type == CountType::since_image_transitioned ? shortest_archive : 1;
        selection.count_number = schema::integer(*number, min, members.at(member::count_number), members.refusals());
    } else if (selection.count_type) {
        members.no_variant("countType needs countNumber");
    }
    check_count(members, selection, action, options);
}

void read_tags(const Members& members, Selection& selection) {
    selection.tag_patterns = members.texts(member::tag_pattern_list);
    selection.tag_prefixes = members.texts(member::tag_prefix_list);
    selection.tag_regexes = members.texts(member::tag_regex_list);
    selection.exclude_tag_patterns = members.texts(member::exclude_tag_pattern_list);
    selection.exclude_tag_regexes = members.texts(member::exclude_tag_regex_list);
    check_tag_lists(members, selection);
    check_exclusions(members, selection);
    check_patterns(members, member::tag_pattern_list, selection.tag_patterns);
    check_patterns(members, member::exclude_tag_pattern_list, selection.exclude_tag_patterns);
    check_regexes(members, member::tag_regex_list, selection.tag_regexes);
    check_regexes(members, member::exclude_tag_regex_list, selection.exclude_tag_regexes);
}

}  // namespace

Selection parse_selection(const json::value& value, ActionType action, const Options& options, const std::string& at,
                          Refusals& refusals) {
    constexpr std::array required{member::tag_status, member::count_type, member::count_number};
    const auto allowed = std::span(all_members).first(options.extensions ? all_members.size() : own_members);
    const auto* object =
        schema::object(value, allowed, std::span(required).first(action == ActionType::retain ? 1 : 3), at, refusals);
    if (object == nullptr) return {};
    const Members members(*object, at, refusals);
    members.refuse_nulls();

    Selection selection;
    selection.tag_status = members.word(member::tag_status, word::tag_statuses).value_or(TagStatus::any);
    read_count(members, selection, action, options);
    if (const auto* group = members.find(member::group_by_tag_regex)) {
        selection.group_by_tag_regex = schema::text(*group, members.at(member::group_by_tag_regex), refusals);
    }
    read_tags(members, selection);
    if (selection.group_by_tag_regex) check_group(members, selection, *selection.group_by_tag_regex);
    read_ignored(members, selection);
    return selection;
}

}  // namespace berth::lifecycle
