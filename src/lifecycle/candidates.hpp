// Which rules of a policy select an image: the policy made ready for asking that a million times. For the .cpp files of
// this room.
#pragma once

#include "lifecycle/images.hpp"
#include "lifecycle/policy.hpp"
#include "lifecycle/regex.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace berth::lifecycle {

// Bit r stands for the rule at index r; max_rules fit.
using RuleSet = std::uint64_t;
static_assert(max_rules <= 64);

[[nodiscard]] constexpr RuleSet only(std::size_t rule) {
    return RuleSet{1} << rule;
}

// Keeps views into the policy, which must outlive it. Not thread-safe: it reuses memory from call to call.
class Candidates {
public:
    explicit Candidates(const Policy& policy);

    // The rules whose candidate the image is. `child`: an index of the repository names it.
    [[nodiscard]] RuleSet of(const Images& images, std::uint32_t image, bool child);

    // Calls `use` with the group of each tag that a rule groups by, more than once for a group of several tags.
    template <class Use>
    void each_group(const Images& images, std::uint32_t image, std::size_t rule, const Use& use) const {
        images.any_tag(image, [&](std::string_view tag) {
            if (const auto group = rules_[rule].group->first_group(tag)) use(*group);
            return false;
        });
    }

private:
    // A text with the set of its characters, by their low six bits. A tag that lacks a character of a pattern cannot
    // match it, which one instruction tells.
    struct Text {
        std::string_view text;
        std::uint64_t characters;
    };
    struct Tests {
        std::vector<Text> prefixes;
        std::vector<Text> patterns;
        std::vector<Regex> regexes;
        std::vector<Text> excluded_patterns;
        std::vector<Regex> excluded_regexes;
        std::optional<Regex> group;
    };

    static Text text_of(std::string_view text);
    static std::vector<Text> texts_of(const std::vector<std::string>& texts);
    static bool begins(const Text& prefix, const Text& tag);
    static bool matches(const Text& pattern, const Text& tag);
    [[nodiscard]] bool passes(const Tests& tests) const;
    void note_first_character(const Selection& selection, std::size_t rule);

    std::vector<Tests> rules_;
    RuleSet looks_at_tags_ = 0;  // rules with Tests at all
    RuleSet ignores_referrers_ = 0;
    RuleSet ignores_children_ = 0;
    std::array<std::array<RuleSet, 2>, 3> by_state_{};  // [status][tagged]: the rules that such an image may be of
    // Of the rules that look at tags: those an image can only be a candidate of when a tag begins with the character.
    std::array<RuleSet, 256> by_first_character_{};
    std::vector<Text> tags_;  // of the image in hand
};

}  // namespace berth::lifecycle
