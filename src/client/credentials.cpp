#include "client/credentials.hpp"

#include "base/size.hpp"

#include <cstdlib>
#include <fstream>
#include <utility>

namespace berth::client {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t largest_file = 1_MiB;
constexpr std::string_view default_region = "us-east-1";

std::string_view trim(std::string_view text) {
    constexpr std::string_view space = " \t\r";
    const auto first = text.find_first_not_of(space);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(space) - first + 1);
}

std::optional<std::string> read_file(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return std::nullopt;
    std::string text(largest_file, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (file.bad()) return std::nullopt;
    text.resize(static_cast<std::size_t>(file.gcount()));
    return text;
}

std::optional<std::string> set_value(const Environment& environment, const std::string& name) {
    auto value = environment(name);
    if (value && value->empty()) return std::nullopt;
    return value;
}

std::string region_of(const CredentialOptions& options, const Environment& environment,
                      const std::optional<std::string>& of_profile) {
    if (options.region) return *options.region;
    if (auto region = set_value(environment, "AWS_REGION")) return *region;
    if (auto region = set_value(environment, "AWS_DEFAULT_REGION")) return *region;
    return of_profile.value_or(std::string(default_region));
}

Result<FoundCredentials> from_file(const fs::path& path, const std::string& profile, const CredentialOptions& options,
                                   const Environment& environment) {
    const auto text = read_file(path);
    if (!text) {
        return fail(FaultKind::unauthenticated, "cannot read the credentials file " + path.string() +
                                                    "; a server's own one is DATA/credentials, readable for its user");
    }
    auto found = parse_profile(*text, profile);
    if (!found) {
        return fail(FaultKind::unauthenticated, "the file " + path.string() + " has no access key for the profile '" +
                                                    profile + "'; choose another one with --profile");
    }
    return FoundCredentials{.key = {.access_key_id = std::move(found->access_key_id),
                                    .secret = std::move(found->secret),
                                    .session_token = std::move(found->session_token)},
                            .region = region_of(options, environment, found->region),
                            .source = path.string()};
}

std::optional<FoundCredentials> from_variables(const CredentialOptions& options, const Environment& environment) {
    auto id = set_value(environment, "AWS_ACCESS_KEY_ID");
    auto secret = set_value(environment, "AWS_SECRET_ACCESS_KEY");
    if (!id || !secret) return std::nullopt;
    return FoundCredentials{.key = {.access_key_id = std::move(*id),
                                    .secret = Secret(std::move(*secret)),
                                    .session_token = set_value(environment, "AWS_SESSION_TOKEN")},
                            .region = region_of(options, environment, std::nullopt),
                            .source = "AWS_ACCESS_KEY_ID"};
}

}  // namespace

Environment process_environment() {
    return [](const std::string& name) -> std::optional<std::string> {
        const char* value = std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe): one thread
        if (value == nullptr) return std::nullopt;
        return value;
    };
}

std::optional<Profile> parse_profile(std::string_view text, std::string_view profile) {
    Profile found;
    bool inside = false;
    while (!text.empty()) {
        const auto end = text.find('\n');
        const auto line = trim(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (line.empty() || line.front() == '#' || line.front() == ';') continue;
        if (line.front() == '[') {
            const auto close = line.find(']');
            inside = close != std::string_view::npos && trim(line.substr(1, close - 1)) == profile;
            continue;
        }
        const auto equals = line.find('=');
        if (!inside || equals == std::string_view::npos) continue;
        const auto name = trim(line.substr(0, equals));
        const std::string value(trim(line.substr(equals + 1)));
        if (name == "aws_access_key_id") found.access_key_id = value;
        if (name == "aws_secret_access_key") found.secret = Secret(value);
        if (name == "aws_session_token" && !value.empty()) found.session_token = value;
        if (name == "region" && !value.empty()) found.region = value;
    }
    if (found.access_key_id.empty() || found.secret.reveal().empty()) return std::nullopt;
    return found;
}

Result<FoundCredentials> find_credentials(const CredentialOptions& options, const Environment& environment) {
    const auto named = options.profile ? options.profile : set_value(environment, "AWS_PROFILE");
    const auto profile = named.value_or("default");
    if (options.file) return from_file(*options.file, profile, options, environment);
    if (!options.profile) {
        if (auto found = from_variables(options, environment)) return std::move(*found);
    }
    if (const auto shared = set_value(environment, "AWS_SHARED_CREDENTIALS_FILE")) {
        return from_file(*shared, profile, options, environment);
    }
    if (named) {
        if (const auto home = set_value(environment, "HOME")) {
            return from_file(fs::path(*home) / ".aws" / "credentials", profile, options, environment);
        }
    }
    const auto own = options.data / "credentials";
    std::error_code error;
    if (fs::exists(own, error)) return from_file(own, profile, options, environment);
    return fail(FaultKind::unauthenticated,
                "no access key found: give a server's file with --credentials DATA/credentials, or set "
                "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
}

}  // namespace berth::client
