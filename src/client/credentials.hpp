// Where a command finds the access key it signs with, in the AWS tools' own places.
#pragma once

#include "auth/sigv4_sign.hpp"
#include "base/result.hpp"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace berth::client {

// Reads one variable of the environment; nullopt: not set. Injected for tests.
using Environment = std::function<std::optional<std::string>(const std::string&)>;
[[nodiscard]] Environment process_environment();

struct CredentialOptions {
    std::optional<std::string> file = std::nullopt;     // --credentials
    std::optional<std::string> profile = std::nullopt;  // --profile
    std::optional<std::string> region = std::nullopt;   // --region
    std::filesystem::path data = "./berth-data";        // of a server started here with the defaults
};

struct FoundCredentials {
    auth::AccessKeySecret key;
    std::string region;
    std::string source;  // for messages
};

// The first of these that is there counts, and must then be usable: the file that was named; AWS_ACCESS_KEY_ID and
// AWS_SECRET_ACCESS_KEY (unless a profile is asked for by option); AWS_SHARED_CREDENTIALS_FILE; ~/.aws/credentials,
// only when a profile is named by option or AWS_PROFILE; DATA/credentials. The region: the option, AWS_REGION,
// AWS_DEFAULT_REGION, the profile's own, us-east-1. Fault unauthenticated: nothing usable, and what to do.
[[nodiscard]] Result<FoundCredentials> find_credentials(const CredentialOptions& options,
                                                        const Environment& environment);

// One profile of a file in the AWS shared-credentials format.
struct Profile {
    std::string access_key_id;
    Secret secret;
    std::optional<std::string> session_token;
    std::optional<std::string> region;
};
// nullopt: no such profile, or without a key. Anything that is no `[name]` or `name = value` is skipped.
[[nodiscard]] std::optional<Profile> parse_profile(std::string_view text, std::string_view profile);

}  // namespace berth::client
