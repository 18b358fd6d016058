// A repository and its settings, as values.
#pragma once

#include "base/clock.hpp"
#include "model/names.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace berth::model {

// Row id of a repository; a repository deleted and created again has another one.
enum class RepositoryId : std::int64_t {};

enum class TagMutability : std::uint8_t {
    mutable_tags,
    immutable_tags,
    immutable_with_exclusion,
    mutable_with_exclusion
};

// A tag pattern: '*' is any run of characters, also none; the whole tag must match, case matters.
struct TagExclusionFilter {
    std::string filter;
    friend bool operator==(const TagExclusionFilter&, const TagExclusionFilter&) = default;
};

struct TagMutabilityRule {
    TagMutability value = TagMutability::mutable_tags;
    std::vector<TagExclusionFilter> exclusions;  // empty but for the two values with exclusion
    friend bool operator==(const TagMutabilityRule&, const TagMutabilityRule&) = default;
};

enum class EncryptionType : std::uint8_t { aes256, kms, kms_dsse };

struct Encryption {
    EncryptionType type = EncryptionType::aes256;
    std::optional<std::string> kms_key;
};

struct Repository {
    RepositoryId id{};
    Registry registry;
    RepositoryName name;
    Timestamp created_at;
    TagMutabilityRule tag_mutability;
    bool scan_on_push = false;
    Encryption encryption;
};

struct ResourceTag {
    std::string key;
    std::string value;
    friend bool operator==(const ResourceTag&, const ResourceTag&) = default;
};

}  // namespace berth::model
