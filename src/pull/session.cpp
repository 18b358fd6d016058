#include "pull/session.hpp"

#include "base/encoding.hpp"
#include "client/url.hpp"

#include <boost/json.hpp>

#include <array>

namespace berth::pull {

namespace {

namespace json = boost::json;

constexpr int ok = 200;
constexpr int unauthorised = 401;
constexpr int forbidden = 403;
constexpr int not_found = 404;
constexpr int too_many = 429;

constexpr std::string_view manifest_types =
    "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, "
    "application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.docker.distribution.manifest.v2+json";

std::optional<std::string> token_in(std::string_view body) {
    constexpr std::size_t max_depth = 16;
    json::error_code error;
    const auto value = json::parse(body, error, {}, {.max_depth = max_depth});
    const auto* root = error ? nullptr : value.if_object();
    if (root == nullptr) return std::nullopt;
    for (const auto* name : {"token", "access_token"}) {
        const auto* token = root->if_contains(name);
        if (token != nullptr && token->is_string() && !token->get_string().empty()) {
            return std::string(token->get_string());
        }
    }
    return std::nullopt;
}

std::string parameter(const Challenge& challenge, const std::string& name) {
    const auto found = challenge.parameters.find(name);
    return found == challenge.parameters.end() ? std::string() : found->second;
}

}  // namespace

Session::Session(const Reference& reference, Access access)
    : host_(reference.host),
      base_(base_url(reference, access.plain_http)),
      repository_(reference.repository),
      access_(std::move(access)) {}

client::HttpOptions Session::http_options() const {
    client::HttpOptions options;
    options.ca_file = access_.ca_file;
    return options;
}

Secret Session::authorisation() const {
    const std::scoped_lock lock(mutex_);
    return authorisation_;
}

Result<std::string> Session::manifest(client::HttpClient& http, const std::string& reference,
                                      std::uint64_t most_bytes) {
    std::string text;
    auto got = get(http, "manifests/" + reference, {{"Accept", std::string(manifest_types)}},
                   [&](std::string_view bytes) -> Result<void> {
                       if (bytes.size() > most_bytes - text.size()) {
                           return fail(FaultKind::too_large,
                                       "the manifest is longer than " + std::to_string(most_bytes) + " bytes");
                       }
                       text += bytes;
                       return {};
                   });
    return got ? Result<std::string>(std::move(text)) : fail(std::move(got));
}

Result<void> Session::blob(client::HttpClient& http, const std::string& digest, const Take& take) {
    return get(http, "blobs/" + digest, {}, take);
}

Result<void> Session::get(client::HttpClient& http, const std::string& path, client::Headers headers,
                          const Take& take) {
    client::HttpRequest request;
    request.url = base_ + "/v2/" + repository_ + '/' + path;
    request.headers = std::move(headers);
    // Once more after the registry said how to log in, or that a token has run out.
    for (bool again = true;; again = false) {
        request.credentials.clear();
        if (const auto value = authorisation(); !value.reveal().empty()) {
            request.credentials.emplace_back("Authorization", value.reveal());
        }
        auto answer = http.receive(request, [&](int status, std::string_view bytes) -> Result<void> {
            return status == ok ? take(bytes) : Result<void>();
        });
        if (!answer) {
            if (answer.error().kind != FaultKind::unavailable) return fail(std::move(answer));
            return fail(FaultKind::unavailable, "no answer from " + base_ + ": " + answer.error().message);
        }
        if (answer->status == ok) return {};
        if (answer->status != unauthorised || !again) return refused(answer->status, path);
        if (auto done = authorise(http, *answer); !done) return done;
    }
}

Result<void> Session::authorise(client::HttpClient& http, const client::HttpAnswer& refusal) {
    const auto challenge = parse_challenge(refusal.header("www-authenticate").value_or(""));
    if (!challenge) return fail(FaultKind::unavailable, host_ + " refuses without saying how to log in");
    Result<Secret> value;
    if (challenge->scheme == "bearer") {
        value = fetch_token(http, *challenge);
    } else if (challenge->scheme != "basic") {
        return fail(FaultKind::unsupported, host_ + " asks for a login of an unknown kind");
    } else if (access_.login) {
        value = access_.login->basic();
    } else {
        return refused(unauthorised, {});
    }
    if (!value) return fail(std::move(value));
    const std::scoped_lock lock(mutex_);
    authorisation_ = std::move(*value);
    return {};
}

Result<Secret> Session::fetch_token(client::HttpClient& http, const Challenge& challenge) const {
    const auto realm = parameter(challenge, "realm");
    const auto origin = client::origin_of(realm);
    if (!origin) return fail(FaultKind::unavailable, host_ + " names a token service that is no address");
    if (base_.starts_with("https://") && !origin->encrypted) {
        return fail(FaultKind::unavailable, host_ + " names a token service without encryption, which is not used");
    }
    client::HttpRequest request;
    request.url = realm + (realm.contains('?') ? '&' : '?') +
                  "service=" + percent_encode(parameter(challenge, "service")) +
                  "&scope=" + percent_encode("repository:" + repository_ + ":pull");
    if (access_.login) request.credentials.emplace_back("Authorization", access_.login->basic().reveal());
    const auto answer = http.send(request);
    if (!answer) {
        return fail(answer.error().kind, "no token from " + origin->text + ": " + answer.error().message);
    }
    if (answer->status == unauthorised || answer->status == forbidden) return refused(answer->status, {});
    auto token = answer->status == ok ? token_in(answer->body) : std::nullopt;
    if (!token) {
        return fail(FaultKind::unavailable,
                    origin->text + " gives no token, but status " + std::to_string(answer->status));
    }
    return Secret("Bearer " + *token);
}

std::unexpected<Fault> Session::refused(int status, const std::string& path) const {
    const auto what = host_ + '/' + repository_;
    switch (status) {
        case unauthorised:
            return fail(FaultKind::unauthenticated,
                        what + (access_.login ? ": the registry does not take this login"
                                              : ": the registry wants a login; give --username and --password-stdin, "
                                                "or log in with docker login"));
        case forbidden:
            return fail(FaultKind::access_denied, what + ": the registry does not let this login read it");
        case not_found:
            return fail(FaultKind::image_not_found, what + ": the registry has no " + path);
        case too_many:
            return fail(FaultKind::too_many_requests, what + ": the registry wants fewer requests; try later");
        default:
            return fail(FaultKind::unavailable, what + ": the registry answers with " + std::to_string(status));
    }
}

}  // namespace berth::pull
