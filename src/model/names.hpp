// Names a caller may send, each checked once, where it enters.
//
// Rules: behaviour of Amazon ECR (repository names, account ids) and OCI Distribution 1.1, "Pulling manifests"
// (tags). Where both speak of tags, the stricter one (128 characters, no leading '.' or '-') holds on both planes.
#pragma once

#include "model/text_value.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace berth::model {

// Twelve digits. ECR calls it registryId.
class AccountId : public TextValue<AccountId> {
public:
    [[nodiscard]] static std::optional<AccountId> parse(std::string_view text);

private:
    using TextValue::TextValue;
};

// us-east-1, local, my-lab-2: lower-case letters, digits and inner hyphens, at most 63.
class Region : public TextValue<Region> {
public:
    [[nodiscard]] static std::optional<Region> parse(std::string_view text);

private:
    using TextValue::TextValue;
};

// 2..256 characters of [a-z0-9]+((\.|_|__|-+)[a-z0-9]+)* joined by '/'.
class RepositoryName : public TextValue<RepositoryName> {
public:
    static constexpr std::size_t min_length = 2;
    static constexpr std::size_t max_length = 256;
    [[nodiscard]] static std::optional<RepositoryName> parse(std::string_view text);
    // The pattern alone, whatever the length; parse() is both.
    [[nodiscard]] static bool matches_pattern(std::string_view text);

private:
    using TextValue::TextValue;
};

// [a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}
class Tag : public TextValue<Tag> {
public:
    [[nodiscard]] static std::optional<Tag> parse(std::string_view text);

private:
    using TextValue::TextValue;
};

// A random UUID in lower case; the handle of one upload.
class UploadId : public TextValue<UploadId> {
public:
    [[nodiscard]] static std::optional<UploadId> parse(std::string_view text);

private:
    using TextValue::TextValue;
};

// One registry: what every repository, policy and token belongs to.
struct Registry {
    AccountId account;
    Region region;
    friend bool operator==(const Registry&, const Registry&) = default;
    friend auto operator<=>(const Registry&, const Registry&) = default;
};

}  // namespace berth::model
