// What a lifecycle policy does to the images of a repository at one moment, and why.
//
// Rules (ECR user guide, "How lifecycle policies work"; docs/lifecycle.md tells them with examples): every rule is
// judged on the whole repository, as if it were the only one; then the rules act by ascending priority, and an image
// that is a candidate of a stronger rule is out of reach of every weaker one, whether or not the stronger rule marked
// it. Pure, thread-safe, O(n log n) in images; a few bytes an image on top of Images.
#pragma once

#include "base/clock.hpp"
#include "lifecycle/images.hpp"
#include "lifecycle/policy.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace berth::lifecycle {

enum class Effect : std::uint8_t { expire, archive };

enum class Cause : std::uint8_t {
    rule,          // the rule marked this image
    with_index,    // extension: the rule expired the last index that needed it
    with_subject,  // it refers to an image that goes; ECR removes or archives it within a day
};

// Why a marked image stays all the same. Deleting it would fail with ImageReferencedByManifestList, or break what
// still stands.
enum class Hold : std::uint8_t {
    none,
    index,    // an index that stays names it
    subject,  // it is a referrer, and its subject stays
};

struct Decision {
    std::uint32_t image = 0;         // as Images::add gave it
    std::uint32_t related = 0;       // Cause or Hold other than rule/none: the index or subject; else the image itself
    std::int32_t rule_priority = 0;  // appliedRulePriority
    std::uint8_t rule = 0;           // index in Policy::rules
    Effect effect = Effect::expire;
    Cause cause = Cause::rule;
    Hold hold = Hold::none;
    // What the rule measured. Counts: the image's place among the candidates, 1 the youngest. Ages: milliseconds.
    // 0 where the cause is not the rule.
    std::int64_t measured = 0;
    friend bool operator==(const Decision&, const Decision&) = default;
};

// What a rule did to a subject in a run that did not get to all its referrers: they are yet to follow it.
struct Unfinished {
    // The subject, archived; or one that stands for it as it is gone, which must be activating, so that no rule sees
    // it.
    std::uint32_t image = 0;
    Effect effect = Effect::expire;
    std::int32_t rule_priority = 0;  // of a rule that the policy need not have any more
};

// In the order to act in: oldest first, but an index before its children and a subject before its referrers. Those with
// a hold come last: they are marked, and stay. An image has at most one decision.
// `policy` must be one that parse() made. Of an unfinished subject itself nothing is said, unless a rule does.
[[nodiscard]] std::vector<Decision> evaluate(const Policy& policy, const Images& images, Timestamp now,
                                             std::span<const Unfinished> unfinished = {});

// Whether GetLifecyclePolicyPreview lists it: ECR shows what rules marked; referrers that follow their subject, or stay
// with it, are not shown.
[[nodiscard]] bool in_preview(const Decision& decision);

// The decision's reason for people, one sentence without a full stop: "rule 2 (untagged, pushed more than 14 days
// ago): it is 20 days". `policy` is the one that was evaluated.
[[nodiscard]] std::string explain(const Policy& policy, const Decision& decision);

// What a rule does, without an image: "rule 2 (untagged, pushed more than 14 days ago): expire".
[[nodiscard]] std::string explain(const Rule& rule);

}  // namespace berth::lifecycle
