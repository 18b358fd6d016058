#include "app/remote.hpp"

#include <CLI/CLI.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <array>
#include <utility>

namespace berth::app {

namespace {

namespace json = boost::json;

constexpr std::string_view default_endpoint = "http://localhost:5000";

std::optional<std::string> given(const std::string& text) {
    if (text.empty()) return std::nullopt;
    return text;
}

std::string endpoint_of(const RemoteArguments& arguments, const client::Environment& environment) {
    if (!arguments.endpoint.empty()) return arguments.endpoint;
    for (const auto* name : {"AWS_ENDPOINT_URL_ECR", "AWS_ENDPOINT_URL"}) {
        if (const auto value = environment(name); value && !value->empty()) return *value;
    }
    return std::string(default_endpoint);
}

// What helps against a refusal, where the server's own words do not say it.
struct Hint {
    std::string_view type;
    std::string_view text;
};
constexpr std::array hints{
    Hint{"RepositoryNotFoundException", "`aws ecr describe-repositories` lists those there are"},
    Hint{"UnrecognizedClientException", "give the server's own key with --credentials DATA/credentials"},
    Hint{"InvalidSignatureException", "check --region, the access key and this machine's clock"},
    Hint{"UnknownOperationException", "the server at this endpoint is no Berth, or an older one"},
};

std::string text_of(const json::object& object, std::string_view member) {
    const auto* value = object.if_contains(member);
    return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

json::object parse_object(const std::string& body) {
    boost::system::error_code error;
    auto value = json::parse(body, error);
    if (error || !value.is_object()) return {};
    return std::move(value.get_object());
}

}  // namespace

void add_remote_options(CLI::App& command, RemoteArguments& arguments) {
    command.add_option(
        "--endpoint", arguments.endpoint,
        "URL of the server (default: AWS_ENDPOINT_URL_ECR, AWS_ENDPOINT_URL, " + std::string(default_endpoint) + ")");
    command.add_option("--credentials", arguments.credentials,
                       "File with the access key (default: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, "
                       "AWS_SHARED_CREDENTIALS_FILE, ./berth-data/credentials)");
    command.add_option("--profile", arguments.profile, "Profile in that file (default: AWS_PROFILE, default)");
    command.add_option("--region", arguments.region,
                       "Region (default: AWS_REGION, AWS_DEFAULT_REGION, the profile's, us-east-1)");
    command.add_option("--ca-file", arguments.ca_file, "PEM file with the authorities that TLS trusts")
        ->check(CLI::ExistingFile);
}

Remote::Remote(const RemoteArguments& arguments) {
    const auto environment = client::process_environment();
    client::CredentialOptions wanted;
    wanted.file = given(arguments.credentials);
    wanted.profile = given(arguments.profile);
    wanted.region = given(arguments.region);
    auto found = client::find_credentials(wanted, environment);
    if (!found) throw RemoteError(found.error().message);
    endpoint_ = endpoint_of(arguments, environment);
    key_source_ = found->source;
    client::JsonApiOptions options{.endpoint = endpoint_, .region = found->region};
    options.http.ca_file = arguments.ca_file;
    api_ = std::make_unique<client::JsonApi>(std::move(options), std::move(found->key), clock_);
}

json::object Remote::call(std::string_view target, const json::object& request) {
    const auto answer = api_->call(target, json::serialize(request));
    if (!answer) {
        std::string text = "no answer from " + endpoint_ + ": " + answer.error().message;
        if (answer.error().kind == FaultKind::unavailable) {
            text += "; is the server running (berth serve), and is this its address (--endpoint)?";
        }
        throw RemoteError(text);
    }
    constexpr int good = 200;
    if (answer->status != good) refuse(*answer);
    return parse_object(answer->body);
}

void Remote::refuse(const client::JsonAnswer& answer) const {
    const auto error = parse_object(answer.body);
    const auto type = text_of(error, "__type");
    if (type.empty()) {
        throw RemoteError(endpoint_ + " answers with status " + std::to_string(answer.status) +
                          " and not as a registry does; give the server's address with --endpoint");
    }
    std::string text = type + ": " + text_of(error, "message");
    for (const auto& hint : hints) {
        if (hint.type == type) text += "\n  " + std::string(hint.text);
    }
    if (type == "UnrecognizedClientException") text += " (the key used is from " + key_source_ + ")";
    throw RemoteError(text);
}

}  // namespace berth::app
