// The words of the policy document, each written once; for the .cpp files of this room.
#pragma once

#include "lifecycle/policy.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace berth::lifecycle {

namespace member {
inline constexpr std::string_view rules = "rules";
inline constexpr std::string_view rule_priority = "rulePriority";
inline constexpr std::string_view description = "description";
inline constexpr std::string_view selection = "selection";
inline constexpr std::string_view action = "action";
inline constexpr std::string_view tag_status = "tagStatus";
inline constexpr std::string_view tag_pattern_list = "tagPatternList";
inline constexpr std::string_view tag_prefix_list = "tagPrefixList";
inline constexpr std::string_view storage_class = "storageClass";
inline constexpr std::string_view count_type = "countType";
inline constexpr std::string_view count_unit = "countUnit";
inline constexpr std::string_view count_number = "countNumber";
inline constexpr std::string_view type = "type";
inline constexpr std::string_view target_storage_class = "targetStorageClass";
// extensions
inline constexpr std::string_view tag_regex_list = "tagRegexList";
inline constexpr std::string_view exclude_tag_pattern_list = "excludeTagPatternList";
inline constexpr std::string_view exclude_tag_regex_list = "excludeTagRegexList";
inline constexpr std::string_view group_by_tag_regex = "groupByTagRegex";
inline constexpr std::string_view ignore = "ignore";
inline constexpr std::string_view children = "children";
}  // namespace member

namespace word {

// The words of an enumeration, in the order in which ECR's messages list them.
template <class Enum, std::size_t count>
struct Words {
    std::array<std::string_view, count> words;
    std::array<Enum, count> values;

    [[nodiscard]] constexpr std::optional<Enum> find(std::string_view text) const {
        for (std::size_t i = 0; i < count; ++i) {
            if (words[i] == text) return values[i];
        }
        return std::nullopt;
    }
    [[nodiscard]] constexpr std::string_view text(Enum value) const {
        for (std::size_t i = 0; i < count; ++i) {
            if (values[i] == value) return words[i];
        }
        return {};
    }
};

inline constexpr Words<TagStatus, 3> tag_statuses{{"any", "tagged", "untagged"},
                                                  {TagStatus::any, TagStatus::tagged, TagStatus::untagged}};
inline constexpr Words<StorageClass, 2> storage_classes{{"archive", "standard"},
                                                        {StorageClass::archive, StorageClass::standard}};
inline constexpr Words<CountType, 4> count_types{
    {"imageCountMoreThan", "sinceImagePulled", "sinceImagePushed", "sinceImageTransitioned"},
    {CountType::image_count_more_than, CountType::since_image_pulled, CountType::since_image_pushed,
     CountType::since_image_transitioned}};
inline constexpr Words<ActionType, 2> actions{{"expire", "transition"}, {ActionType::expire, ActionType::transition}};
inline constexpr Words<ActionType, 3> extended_actions{
    {"expire", "retain", "transition"}, {ActionType::expire, ActionType::retain, ActionType::transition}};

inline constexpr std::string_view days = "days";
inline constexpr std::string_view archive = "archive";
inline constexpr std::string_view referrers = "referrers";
inline constexpr std::string_view children = "children";
inline constexpr std::string_view expire_unneeded = "expireUnneeded";

}  // namespace word

}  // namespace berth::lifecycle
