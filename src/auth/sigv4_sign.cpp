#include "auth/sigv4_sign.hpp"

#include "auth/iso_time.hpp"
#include "auth/sigv4_text.hpp"
#include "model/digest.hpp"

#include <algorithm>

namespace berth::auth {

namespace {

std::vector<std::string> names_of(const std::vector<HeaderField>& fields) {
    std::vector<std::string> names;
    names.reserve(fields.size());
    for (const auto& field : fields) names.push_back(sigv4::to_lower(field.name));
    std::ranges::sort(names);
    const auto [first, last] = std::ranges::unique(names);
    names.erase(first, last);
    return names;
}

std::string authorization_of(const ParsedSignature& signed_by, const std::string& signature) {
    std::string names;
    for (const auto& name : signed_by.signed_headers) names += (names.empty() ? "" : ";") + name;
    return "AWS4-HMAC-SHA256 Credential=" + signed_by.access_key_id + "/" + signed_by.date + "/" + signed_by.region +
           "/" + signed_by.service + "/aws4_request, SignedHeaders=" + names + ", Signature=" + signature;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> sign_request(const RequestToVerify& request, std::string_view body,
                                                              const AccessKeySecret& key, const SigningScope& scope,
                                                              Timestamp now) {
    std::vector<std::pair<std::string, std::string>> added;
    added.emplace_back("X-Amz-Date", to_basic_iso(now));
    if (key.session_token) added.emplace_back("X-Amz-Security-Token", *key.session_token);
    std::vector<HeaderField> fields(request.headers.begin(), request.headers.end());
    for (const auto& [name, value] : added) fields.push_back({.name = name, .value = value});

    const auto& time = added.front().second;
    const ParsedSignature parsed{.access_key_id = key.access_key_id,
                                 .date = time.substr(0, 8),
                                 .region = std::string(scope.region),
                                 .service = std::string(scope.service),
                                 .request_time = time,
                                 .signed_headers = names_of(fields)};
    const RequestToVerify whole{
        .method = request.method, .path = request.path, .query = request.query, .headers = fields};
    const auto canonical = canonical_request(whole, parsed, model::Digest::of(body).hex());
    const auto signing_key = derive_signing_key(key.secret, parsed.date, scope.region, scope.service);
    auto authorization = authorization_of(parsed, compute_signature(as_text(signing_key), parsed, canonical));
    added.emplace_back("Authorization", std::move(authorization));
    return added;
}

}  // namespace berth::auth
