// Lifecycle policies, previews and what they found.
#pragma once

#include "base/clock.hpp"
#include "model/cause.hpp"
#include "model/image.hpp"
#include "model/names.hpp"
#include "model/repository.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace berth::store {

// What the last evaluation of a repository left behind.
struct LifecycleEvaluation {
    Timestamp last_evaluated_at = {};
    std::string failures = {};  // fingerprint of the failures that were told last, so that they are told once
};

// The policy of a repository, or its registry's default for it.
struct LifecyclePolicy {
    model::RepositoryId repository{};
    std::string text;          // normalised
    std::int64_t version = 0;  // another one with each change, and no other policy's
    std::string pattern = {};  // of a default; empty: it is the repository's own
    LifecycleEvaluation evaluation = {};
};

// A policy for the repositories of a registry that have none of their own and whose names match the pattern.
struct DefaultLifecyclePolicy {
    std::string pattern;
    std::string text;
    std::int64_t version = 0;
};

enum class PreviewStatus : std::uint8_t { in_progress, complete, expired, failed };

struct LifecyclePreview {
    std::int64_t id = 0;  // grows: the one with the largest is the repository's
    model::RepositoryId repository{};
    std::string policy_text;
    PreviewStatus status = PreviewStatus::in_progress;
    std::optional<Timestamp> expires_at = std::nullopt;  // set exactly when it is complete or failed
    std::uint64_t expiring = 0;                          // images
    std::uint64_t archiving = 0;
};

enum class LifecycleAction : std::uint8_t { expire, archive };

struct PreviewResult {
    std::int64_t position = 0;  // in the order of execution
    model::Digest digest;
    std::vector<model::Tag> tags;
    Timestamp pushed_at;
    LifecycleAction action = LifecycleAction::expire;
    std::int32_t rule_priority = 1;
    bool archived = false;  // the storage class the image has now
};

// Where the result of an image stands.
struct PreviewPlace {
    std::string_view digest;
    bool tagged = false;
    std::int64_t position = 0;
};

// Where a subject went for its referrers to follow.
enum class Way : std::uint8_t { out, to_archive, back };

struct Lead {
    model::Digest subject;
    Way way = Way::out;
    Timestamp at;  // when it went; of one that is back from the archive: since when it had been there
    model::Cause cause;
};

class LifecycleTable {
public:
    virtual ~LifecycleTable() = default;

    [[nodiscard]] virtual std::optional<LifecyclePolicy> policy(model::RepositoryId) = 0;
    [[nodiscard]] virtual bool has_policy(model::RepositoryId) = 0;
    // Adds or replaces the text and the version.
    virtual void put_policy(const LifecyclePolicy&) = 0;
    virtual void erase_policy(model::RepositoryId) = 0;
    // Of this version of whatever policy governs the repository; an empty one when another was evaluated last.
    [[nodiscard]] virtual LifecycleEvaluation evaluation(model::RepositoryId, std::int64_t version) = 0;
    // Nothing for a repository that is gone.
    virtual void note_evaluation(const LifecyclePolicy&) = 0;
    // Repositories that have one, by id, ascending.
    [[nodiscard]] virtual std::vector<model::RepositoryId> repositories_with_policy(model::RepositoryId after,
                                                                                    std::size_t limit) = 0;

    // No policy takes the image before `until`; a later time takes the place of an earlier one.
    virtual void hold(model::RepositoryId, model::ImageRowId, Timestamp until) = 0;
    // The images so held at `now`, by row, ascending.
    [[nodiscard]] virtual std::vector<model::ImageRowId> held(model::RepositoryId, Timestamp now) = 0;

    // Of one subject a later lead takes the place of an earlier one.
    virtual void note_lead(model::RepositoryId, const Lead&) = 0;
    // The first one of the repository that no rule caused.
    [[nodiscard]] virtual std::optional<Lead> lead(model::RepositoryId) = 0;
    // All that rules caused, by subject.
    [[nodiscard]] virtual std::vector<Lead> leads_by_rules(model::RepositoryId) = 0;
    virtual void forget_lead(model::RepositoryId, const model::Digest& subject) = 0;

    // By pattern.
    [[nodiscard]] virtual std::vector<DefaultLifecyclePolicy> defaults(const model::Registry&) = 0;
    virtual void put_default(const model::Registry&, const DefaultLifecyclePolicy&) = 0;
    // Whether there was one.
    virtual bool erase_default(const model::Registry&, std::string_view pattern) = 0;
    // Registries that have any.
    [[nodiscard]] virtual std::vector<model::Registry> registries_with_defaults() = 0;

    // The newest of the repository.
    [[nodiscard]] virtual std::optional<LifecyclePreview> preview(model::RepositoryId) = 0;
    [[nodiscard]] virtual std::optional<LifecyclePreview> preview(std::int64_t id) = 0;
    // The repository's from now on; older ones go with the next sweep.
    virtual void insert_preview(const LifecyclePreview&, Timestamp now) = 0;
    // Status, expiry and counts.
    virtual void update_preview(const LifecyclePreview&) = 0;
    // Results come by position, places by digest, both over all calls; what one call brings is kept together.
    virtual void insert_results(std::int64_t preview, std::span<const PreviewResult>) = 0;
    virtual void insert_places(std::int64_t preview, std::span<const PreviewPlace>) = 0;
    // Removes at most `limit` rows, of many results or places each; returns how many went.
    [[nodiscard]] virtual std::size_t erase_results(std::int64_t preview, std::size_t limit) = 0;
    // By position; `after` is exclusive, -1 starts. `tagged`: nullopt takes all.
    [[nodiscard]] virtual std::vector<PreviewResult> results(std::int64_t preview, std::optional<bool> tagged,
                                                             std::int64_t after, std::size_t limit) = 0;
    [[nodiscard]] virtual std::optional<PreviewResult> result(std::int64_t preview, const model::Digest&) = 0;
    // Removes at most `limit` such rows of previews that are over or were replaced; returns how many rows it touched.
    // 0: nothing is left to sweep.
    [[nodiscard]] virtual std::size_t sweep_previews(Timestamp now, std::size_t limit) = 0;
};

// What a policy looks at of one image. Views are valid during the call they are handed to.
struct SurveyedImage {
    model::ImageRowId id{};
    std::string_view digest;
    std::span<const std::string_view> tags;
    std::string_view subject;  // empty: none
    model::ImageStatus status = model::ImageStatus::active;
    Timestamp pushed_at;
    std::optional<Timestamp> last_pulled_at;
    std::optional<Timestamp> last_archived_at;
    std::optional<Timestamp> last_activated_at;
};
using SurveyImage = std::function<void(const SurveyedImage&)>;
using SurveyChild = std::function<void(model::ImageRowId parent, std::string_view child)>;

}  // namespace berth::store
