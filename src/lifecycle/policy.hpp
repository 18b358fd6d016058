// Lifecycle policies: the document of PutLifecyclePolicy as a value that was checked, and the way back to text.
// Pure: no I/O, no clock. The grammar is Amazon ECR's (user guide, "Lifecycle policy properties"); what Berth adds to
// it is in docs/lifecycle.md, section "Extensions", and is refused unless Options::extensions allows it.
#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace berth::lifecycle {

inline constexpr std::size_t min_text_length = 100;     // characters, as ECR's API model has it
inline constexpr std::size_t max_text_length = 30'720;  // characters
inline constexpr std::size_t max_rules = 50;

enum class TagStatus : std::uint8_t { tagged, untagged, any };
enum class StorageClass : std::uint8_t { standard, archive };
enum class CountType : std::uint8_t {
    image_count_more_than,
    since_image_pushed,
    since_image_pulled,
    since_image_transitioned,
};
enum class ActionType : std::uint8_t {
    expire,
    transition,  // to the archive storage class, the only target there is
    retain,      // extension: what the count would keep is safe from weaker rules, the rest passes on to them
};
enum class Children : std::uint8_t { stay, expire_unneeded };

// Every list is AND over its entries and OR over the image's tags, as in ECR; the exclusion lists alone are OR over
// both. Regular expressions are RE2's and must match the whole tag.
struct Selection {
    TagStatus tag_status = TagStatus::any;
    std::vector<std::string> tag_prefixes;          // tagged only; at most one of the first three lists is not empty
    std::vector<std::string> tag_patterns;          // '*' stands for any run of characters, at most four in an entry
    std::vector<std::string> tag_regexes;           // extension
    std::vector<std::string> exclude_tag_patterns;  // extension: an image with such a tag is no candidate
    std::vector<std::string> exclude_tag_regexes;   // extension
    std::optional<std::string> group_by_tag_regex;  // extension: the count holds for each value of the capture group
    bool ignore_referrers = false;                  // extension: signatures and the like are no candidates
    bool ignore_children = false;                   // extension: images an index names are no candidates
    std::optional<StorageClass> storage_class;      // as written; absent means standard
    std::optional<CountType> count_type;            // absent only with retain: all candidates are retained
    std::int32_t count_number = 0;                  // images, or days of 24 hours
    friend bool operator==(const Selection&, const Selection&) = default;
};

struct Rule {
    std::int32_t priority = 1;  // lower is stronger
    std::optional<std::string> description;
    Selection selection;
    ActionType action = ActionType::expire;
    Children children = Children::stay;  // extension, with expire only
    friend bool operator==(const Rule&, const Rule&) = default;
};

// Rules in ascending priority; 1 to max_rules of them.
struct Policy {
    std::vector<Rule> rules;
    friend bool operator==(const Policy&, const Policy&) = default;
};

struct Options {
    bool extensions = false;
};

// Fault: invalid_parameter, whose message is the whole one of ECR, "Invalid parameter at 'LifecyclePolicyText' failed
// to satisfy constraint: 'Lifecycle policy validation failure: REASON at /rules/0/selection'"; the JSON pointer at its
// end names the place where there is one. A text of a wrong length is refused as ECR's API model does.
[[nodiscard]] Result<Policy> parse(std::string_view text, const Options& options = {});

// The policy as ECR gives it back: compact JSON, rules in ascending priority. parse() of it is the same policy.
[[nodiscard]] std::string to_text(const Policy& policy);

[[nodiscard]] StorageClass storage_class_of(const Rule& rule);

// The words of the document, e.g. "imageCountMoreThan".
[[nodiscard]] std::string_view to_text(TagStatus status);
[[nodiscard]] std::string_view to_text(StorageClass storage);
[[nodiscard]] std::string_view to_text(CountType type);
[[nodiscard]] std::string_view to_text(ActionType type);

}  // namespace berth::lifecycle
