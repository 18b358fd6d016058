// What the operations of lifecycle policies and storage classes have in common on the wire.
#pragma once

#include "api/aws/structures.hpp"
#include "api/aws/translate.hpp"
#include "registry/lifecycle_previews.hpp"
#include "registry/storage_classes.hpp"

#include <cstdint>
#include <optional>

namespace berth::api::aws {

namespace shape {

struct LifecyclePolicyText {
    static constexpr TextRule rule{.min = 100, .max = 30'720};
};
struct RepositoryPattern {
    static constexpr TextRule rule{.min = 1, .max = 256};
};

}  // namespace shape

using LifecyclePolicyText = Text<shape::LifecyclePolicyText>;
using RepositoryPattern = Text<shape::RepositoryPattern>;
using ImageCount = Number<0, no_maximum>;
using RulePriority = Number<1, no_maximum>;
using PreviewMaxResults = Number<1, 100>;

// Of GetLifecyclePolicy and DeleteLifecyclePolicy.
struct StoredPolicyRequest {
    std::optional<RegistryId> registryId;
    RepositoryName repositoryName;
};
struct StoredPolicyResponse {
    std::optional<RegistryId> registryId;
    std::optional<RepositoryName> repositoryName;
    std::optional<LifecyclePolicyText> lifecyclePolicyText;
    std::optional<Timestamp> lastEvaluatedAt;
};
BOOST_DESCRIBE_STRUCT(StoredPolicyRequest, (), (registryId, repositoryName))
BOOST_DESCRIBE_STRUCT(StoredPolicyResponse, (), (registryId, repositoryName, lifecyclePolicyText, lastEvaluatedAt))

inline StoredPolicyResponse stored_policy(const registry::RepositoryRef& repository, store::LifecyclePolicy policy) {
    return {.registryId = RegistryId{repository.registry.account.text()},
            .repositoryName = RepositoryName{repository.name.text()},
            .lifecyclePolicyText = LifecyclePolicyText{std::move(policy.text)},
            .lastEvaluatedAt = policy.evaluation.last_evaluated_at};
}

enum class TransitionTarget : std::uint8_t { archive };

template <>
struct EnumTable<TransitionTarget> {
    static constexpr EnumRows<TransitionTarget, 1> rows{{{TransitionTarget::archive, "ARCHIVE"}}};
};
template <>
struct EnumTable<registry::StorageClass> {
    using enum registry::StorageClass;
    static constexpr EnumRows<registry::StorageClass, 2> rows{{{standard, "STANDARD"}, {archive, "ARCHIVE"}}};
};
template <>
struct EnumTable<store::LifecycleAction> {
    using enum store::LifecycleAction;
    static constexpr EnumRows<store::LifecycleAction, 2> rows{{{expire, "EXPIRE"}, {archive, "TRANSITION"}}};
};
template <>
struct EnumTable<store::PreviewStatus> {
    using enum store::PreviewStatus;
    static constexpr EnumRows<store::PreviewStatus, 4> rows{
        {{in_progress, "IN_PROGRESS"}, {complete, "COMPLETE"}, {expired, "EXPIRED"}, {failed, "FAILED"}}};
};

}  // namespace berth::api::aws
