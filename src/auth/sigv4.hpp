// AWS Signature Version 4: verifying it, in the header and in the presigned form.
//
// Source: AWS General Reference, "Signing AWS API requests" (canonical request, string to sign, derived key), with
// the rules of services other than S3: the path is normalised and escaped twice, the payload is always hashed.
// Two steps, because the secret has to be looked up in between: parse_signature() says who claims to have signed
// and refuses what no secret can heal; SignatureVerifier::verify() recomputes the signature. Pure; time is passed in.
#pragma once

#include "auth/mac.hpp"
#include "base/clock.hpp"
#include "base/secret.hpp"

#include <cstdint>
#include <expected>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace berth::auth {

// What AWS's front end calls the refusal; api/aws gives it its error code.
enum class SignatureProblem : std::uint8_t {
    missing_token,  // nothing that looks like a signature
    incomplete,     // a signature, but not all of it, or not readable
    invalid,        // another signature, scope or time than it should be
    unknown_key,    // no such access key
    expired_token,  // temporary credentials that ran out
};

struct SignatureFault {
    SignatureProblem problem = SignatureProblem::invalid;
    std::string message;
};

template <class T>
using SignatureResult = std::expected<T, SignatureFault>;

[[nodiscard]] SignatureFault unknown_access_key();

struct HeaderField {
    std::string_view name;
    std::string_view value;
};

// The request as it came over the wire; alive during the call.
struct RequestToVerify {
    std::string_view method;
    std::string_view path;   // still escaped
    std::string_view query;  // still escaped, without '?'
    std::span<const HeaderField> headers;
};

enum class SignatureForm : std::uint8_t { header, presigned };

struct ParsedSignature {
    SignatureForm form = SignatureForm::header;
    std::string access_key_id = {};
    std::string date = {};  // of the scope: YYYYMMDD
    std::string region = {};
    std::string service = {};
    std::string request_time = {};                           // YYYYMMDDTHHMMSSZ
    std::vector<std::string> signed_headers = {};            // lower case, ascending
    std::string signature = {};                              // lower-case hexadecimal
    std::optional<std::string> payload_hash = std::nullopt;  // as the caller states it
    bool has_session_token = false;
};

// Checks form, scope, signed headers and time; not yet the signature.
[[nodiscard]] SignatureResult<ParsedSignature> parse_signature(const RequestToVerify& request,
                                                               std::string_view expected_service, Timestamp now);

// The text whose hash is signed. Exposed for tests.
[[nodiscard]] std::string canonical_request(const RequestToVerify& request, const ParsedSignature& parsed,
                                            std::string_view payload_hash);

// The signature the holder of `secret` would make.
[[nodiscard]] std::string compute_signature(std::string_view derived_key, const ParsedSignature& parsed,
                                            std::string_view canonical);
[[nodiscard]] Hmac derive_signing_key(const Secret& secret, std::string_view date, std::string_view region,
                                      std::string_view service);

// Remembers derived keys, which change once a day. Thread-safe.
class SignatureVerifier {
public:
    [[nodiscard]] SignatureResult<void> verify(const RequestToVerify& request, const ParsedSignature& parsed,
                                               std::string_view body, const Secret& secret);

private:
    struct Entry {
        Secret secret;  // the key was derived from this; a replaced secret must not be served by the old key
        Hmac key;
    };
    Hmac signing_key(const ParsedSignature& parsed, const Secret& secret);

    std::mutex mutex_;
    std::unordered_map<std::string, Entry> keys_;
};

}  // namespace berth::auth
