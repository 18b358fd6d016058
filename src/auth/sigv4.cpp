#include "auth/sigv4.hpp"

#include "auth/iso_time.hpp"
#include "auth/sigv4_text.hpp"
#include "base/encoding.hpp"
#include "model/digest.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <utility>

namespace berth::auth {

namespace {

using namespace sigv4;

constexpr std::chrono::minutes allowed_skew{5};
constexpr std::chrono::seconds longest_presigned{604'800};  // seven days
constexpr std::size_t most_signed_headers = 128;

std::unexpected<SignatureFault> refuse(SignatureProblem problem, std::string message) {
    return std::unexpected(SignatureFault{.problem = problem, .message = std::move(message)});
}
std::unexpected<SignatureFault> incomplete(std::string message) {
    return refuse(SignatureProblem::incomplete, std::move(message));
}
std::unexpected<SignatureFault> invalid(std::string message) {
    return refuse(SignatureProblem::invalid, std::move(message));
}

// What a signature is made of, wherever it was written. Empty is as good as missing.
struct Fields {
    std::string credential;
    std::string signed_headers;
    std::string signature;
    std::string date;
    std::string expires;
};

// KEY/DATE/REGION/SERVICE/aws4_request
SignatureResult<void> read_credential(const std::string& credential, std::string_view expected_service,
                                      ParsedSignature& out) {
    std::array<std::string_view, 5> parts;
    std::string_view rest = credential;
    for (std::size_t i = parts.size(); i-- > 1;) {  // from the end: only the key itself could hold a '/'
        const auto slash = rest.rfind('/');
        if (slash == std::string_view::npos)
            return incomplete("Credential must have at least 5 slash-delimited elements.");
        parts[i] = rest.substr(slash + 1);
        rest = rest.substr(0, slash);
    }
    parts[0] = rest;
    if (parts[4] != "aws4_request") {
        return invalid("Credential should be scoped with a valid terminator: 'aws4_request'.");
    }
    if (parts[3] != expected_service) {
        return invalid("Credential should be scoped to correct service: '" + std::string(expected_service) + "'.");
    }
    out.access_key_id = parts[0];
    out.date = parts[1];
    out.region = parts[2];
    out.service = parts[3];
    return {};
}

SignatureResult<void> read_signed_headers(const RequestToVerify& request, std::string_view list, ParsedSignature& out) {
    while (!list.empty()) {
        const auto end = list.find(';');
        out.signed_headers.emplace_back(list.substr(0, end));
        if (out.signed_headers.size() > most_signed_headers) return incomplete("Too many signed headers.");
        list.remove_prefix(end == std::string_view::npos ? list.size() : end + 1);
    }
    auto& names = out.signed_headers;
    if (!std::ranges::all_of(names, is_lower_name) || !std::ranges::is_sorted(names) ||
        std::ranges::adjacent_find(names) != names.end()) {
        return invalid("'SignedHeaders' must be lower-case header names in ascending order.");
    }
    if (!std::ranges::binary_search(names, "host"))
        return invalid("'Host' must be a 'SignedHeader' in the AWS Authorization.");
    for (const auto& field : request.headers) {
        const auto name = to_lower(field.name);
        if (name.starts_with("x-amz-") && !std::ranges::binary_search(names, name)) {
            return invalid("'" + name + "' must be a 'SignedHeader' in the AWS Authorization.");
        }
    }
    for (const auto& name : names) {
        if (!find_header(request, name)) return invalid("The signed header '" + name + "' is not in the request.");
    }
    return {};
}

std::string outside(std::string_view what, Timestamp signed_at, Timestamp limit, Timestamp now, char sign) {
    std::string text(what);
    text += to_basic_iso(signed_at);
    text += sign == '-' ? " is now earlier than " : " is still later than ";
    text += to_basic_iso(limit);
    text += " (" + to_basic_iso(now) + " " + sign + " 5 min.)";
    return text;
}

SignatureResult<void> check_time(Timestamp signed_at, std::optional<std::chrono::seconds> life, Timestamp now) {
    if (signed_at > now + allowed_skew) {
        return invalid(outside("Signature not yet current: ", signed_at, now + allowed_skew, now, '+'));
    }
    if (life) {
        if (now <= signed_at + *life) return {};
        return invalid("Signature expired: " + to_basic_iso(signed_at + *life) + " is now earlier than " +
                       to_basic_iso(now));
    }
    if (signed_at + allowed_skew < now) {
        return invalid(outside("Signature expired: ", signed_at, now - allowed_skew, now, '-'));
    }
    return {};
}

std::optional<std::chrono::seconds> read_expires(const std::string& text) {
    std::int64_t seconds = 0;
    const auto* end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, seconds);
    if (error != std::errc{} || stopped != end || seconds < 1 || seconds > longest_presigned.count())
        return std::nullopt;
    return std::chrono::seconds(seconds);
}

// Credential=..., SignedHeaders=..., Signature=... in any order; the scheme is already off.
Fields read_authorization(std::string_view text) {
    Fields fields;
    while (!text.empty()) {
        const auto end = text.find(',');
        const auto part = trim(text.substr(0, end));
        const auto equals = part.find('=');
        const auto name = part.substr(0, equals);
        const std::string value(equals == std::string_view::npos ? "" : part.substr(equals + 1));
        if (name == "Credential") fields.credential = value;
        if (name == "SignedHeaders") fields.signed_headers = value;
        if (name == "Signature") fields.signature = value;
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return fields;
}

// Every field once: with two of a kind, two readers could disagree on which one counts.
SignatureResult<Fields> read_query(const RequestToVerify& request) {
    Fields fields;
    struct Wanted {
        std::string_view name;
        std::string* field;
        bool seen = false;
    };
    std::array<Wanted, 5> all_wanted{{
        {"X-Amz-Credential", &fields.credential},
        {"X-Amz-SignedHeaders", &fields.signed_headers},
        {"X-Amz-Signature", &fields.signature},
        {"X-Amz-Date", &fields.date},
        {"X-Amz-Expires", &fields.expires},
    }};
    for (const auto& [name, value] : query_pairs(request.query)) {
        for (auto& wanted : all_wanted) {
            if (name != wanted.name) continue;
            if (wanted.seen) return incomplete("The query parameter '" + name + "' is there twice.");
            wanted.seen = true;
            *wanted.field = value;
        }
    }
    return fields;
}

std::string missing_of(const Fields& fields, std::string_view where) {
    std::string text;
    const auto require = [&](const std::string& field, std::string_view name) {
        if (!field.empty()) return;
        if (!text.empty()) text += ' ';
        text += where;
        text += " '";
        text += name;
        text += "' parameter.";
    };
    require(fields.credential, where.starts_with("AWS") ? "X-Amz-Credential" : "Credential");
    require(fields.signature, where.starts_with("AWS") ? "X-Amz-Signature" : "Signature");
    require(fields.signed_headers, where.starts_with("AWS") ? "X-Amz-SignedHeaders" : "SignedHeaders");
    return text;
}

// Everything both forms have in common.
SignatureResult<ParsedSignature> read_common(const RequestToVerify& request, const Fields& fields,
                                             std::string_view expected_service, ParsedSignature parsed) {
    if (auto done = read_credential(fields.credential, expected_service, parsed); !done)
        return std::unexpected(done.error());
    if (auto done = read_signed_headers(request, fields.signed_headers, parsed); !done)
        return std::unexpected(done.error());
    if (parsed.date != parsed.request_time.substr(0, 8)) {
        return invalid("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '" +
                       parsed.request_time + "'.");
    }
    parsed.signature = fields.signature;
    if (const auto hash = find_header(request, "x-amz-content-sha256")) parsed.payload_hash = trim(*hash);
    parsed.has_session_token |= find_header(request, "x-amz-security-token").has_value();
    return parsed;
}

SignatureResult<ParsedSignature> parse_header_form(const RequestToVerify& request, std::string_view authorization,
                                                   std::string_view expected_service, Timestamp now) {
    const auto fields = read_authorization(authorization);
    if (auto missing = missing_of(fields, "Authorization header requires"); !missing.empty())
        return incomplete(missing);
    const auto amz_date = find_header(request, "x-amz-date");
    const auto date = amz_date ? amz_date : find_header(request, "date");
    if (!date) {
        return incomplete("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.");
    }
    const auto text = trim(*date);
    auto signed_at = parse_basic_iso(text);
    if (!signed_at && !amz_date) signed_at = parse_http_date(text);
    if (!signed_at) return incomplete("Date must be in ISO-8601 'basic format'.");
    if (auto current = check_time(*signed_at, std::nullopt, now); !current) return std::unexpected(current.error());
    auto parsed = read_common(request, fields, expected_service,
                              {.form = SignatureForm::header, .request_time = to_basic_iso(*signed_at)});
    if (!parsed) return parsed;
    if (!amz_date && !std::ranges::binary_search(parsed->signed_headers, "date")) {
        return invalid("'Date' must be a 'SignedHeader' in the AWS Authorization.");
    }
    if (const auto& hash = parsed->payload_hash; hash && !is_sha256_hex(*hash)) {
        return invalid("The value of 'x-amz-content-sha256' must be the SHA-256 of the payload.");
    }
    return parsed;
}

SignatureResult<ParsedSignature> parse_presigned_form(const RequestToVerify& request, std::string_view expected_service,
                                                      Timestamp now) {
    const auto fields = read_query(request);
    if (!fields) return std::unexpected(fields.error());
    if (auto missing = missing_of(*fields, "AWS query-string parameters must include"); !missing.empty()) {
        return incomplete(missing);
    }
    const auto signed_at = parse_basic_iso(fields->date);
    if (!signed_at)
        return incomplete("AWS query-string parameters must include 'X-Amz-Date' in ISO-8601 'basic format'.");
    const auto life = read_expires(fields->expires);
    if (!life) return incomplete("X-Amz-Expires must be a number between 1 and 604800 seconds.");
    if (auto current = check_time(*signed_at, life, now); !current) return std::unexpected(current.error());
    ParsedSignature start{.form = SignatureForm::presigned, .request_time = fields->date};
    start.has_session_token = query_value(request.query, "X-Amz-Security-Token").has_value();
    auto parsed = read_common(request, *fields, expected_service, std::move(start));
    if (!parsed) return parsed;
    if (!parsed->payload_hash) parsed->payload_hash = query_value(request.query, "X-Amz-Content-Sha256");
    return parsed;
}

std::string sha256_hex(std::string_view bytes) {
    return std::string(model::Digest::of(bytes).hex());
}

constexpr std::string_view mismatch =
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
    "and signing method. Consult the service documentation for details.";

}  // namespace

SignatureFault unknown_access_key() {
    return {.problem = SignatureProblem::unknown_key,
            .message = "The security token included in the request is invalid."};
}

SignatureResult<ParsedSignature> parse_signature(const RequestToVerify& request, std::string_view expected_service,
                                                 Timestamp now) {
    constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";
    const auto query_algorithm = query_value(request.query, "X-Amz-Algorithm");
    if (const auto authorization = find_header(request, "authorization")) {
        if (query_algorithm)
            return incomplete("A request is signed either in its header or in its query, not in both.");
        auto text = trim(*authorization);
        const auto space = text.find(' ');
        if (text.substr(0, space) != algorithm) {
            return incomplete("Authorization header must use the algorithm 'AWS4-HMAC-SHA256'.");
        }
        text.remove_prefix(std::min(text.size(), algorithm.size()));
        return parse_header_form(request, text, expected_service, now);
    }
    if (!query_algorithm) return refuse(SignatureProblem::missing_token, "Missing Authentication Token");
    if (*query_algorithm != algorithm) return incomplete("X-Amz-Algorithm must be 'AWS4-HMAC-SHA256'.");
    return parse_presigned_form(request, expected_service, now);
}

std::string canonical_request(const RequestToVerify& request, const ParsedSignature& parsed,
                              std::string_view payload_hash) {
    std::string text(request.method);
    text += '\n';
    text += percent_encode(normalized_path(request.path), Slash::keep);
    text += '\n';
    text += canonical_query(request.query);
    text += '\n';
    std::string names;
    for (const auto& name : parsed.signed_headers) {
        text += name;
        text += ':';
        text += canonical_header_value(request, name);
        text += '\n';
        if (!names.empty()) names += ';';
        names += name;
    }
    text += '\n';
    text += names;
    text += '\n';
    text += payload_hash;
    return text;
}

Hmac derive_signing_key(const Secret& secret, std::string_view date, std::string_view region,
                        std::string_view service) {
    const Secret start("AWS4" + std::string(secret.reveal()));
    auto key = hmac_sha256(start.reveal(), date);
    key = hmac_sha256(as_text(key), region);
    key = hmac_sha256(as_text(key), service);
    return hmac_sha256(as_text(key), "aws4_request");
}

std::string compute_signature(std::string_view derived_key, const ParsedSignature& parsed, std::string_view canonical) {
    std::string text("AWS4-HMAC-SHA256\n");
    text += parsed.request_time + "\n";
    text += parsed.date + "/" + parsed.region + "/" + parsed.service + "/aws4_request\n";
    text += sha256_hex(canonical);
    return to_hex(hmac_sha256(derived_key, text));
}

SignatureResult<void> SignatureVerifier::verify(const RequestToVerify& request, const ParsedSignature& parsed,
                                                std::string_view body, const Secret& secret) {
    // A presigned request may leave its payload out of the signature; it must then say so inside the signature.
    const bool unsigned_payload =
        parsed.form == SignatureForm::presigned && parsed.payload_hash == std::string_view("UNSIGNED-PAYLOAD");
    const auto hash = unsigned_payload ? *parsed.payload_hash : sha256_hex(body);
    if (parsed.payload_hash && !same_bytes(*parsed.payload_hash, hash)) return invalid(std::string(mismatch));
    const auto key = signing_key(parsed, secret);
    const auto expected = compute_signature(as_text(key), parsed, canonical_request(request, parsed, hash));
    if (!same_bytes(expected, parsed.signature)) return invalid(std::string(mismatch));
    return {};
}

Hmac SignatureVerifier::signing_key(const ParsedSignature& parsed, const Secret& secret) {
    constexpr std::size_t most_keys = 1024;
    // The scope is the caller's text, but every part is free of '\n': it comes from one header line or query value.
    const auto name = parsed.access_key_id + "\n" + parsed.date + "\n" + parsed.region + "\n" + parsed.service;
    {
        const std::lock_guard lock(mutex_);
        const auto known = keys_.find(name);
        if (known != keys_.end() && known->second.secret.equals(secret.reveal())) return known->second.key;
    }
    const auto key = derive_signing_key(secret, parsed.date, parsed.region, parsed.service);
    const std::lock_guard lock(mutex_);
    if (keys_.size() >= most_keys) keys_.clear();
    keys_.insert_or_assign(name, Entry{.secret = secret, .key = key});
    return key;
}

}  // namespace berth::auth
