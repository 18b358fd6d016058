// What the signer makes the verifier takes, and it takes nothing else.
#include "auth/sigv4_sign.hpp"

#include "auth/iso_time.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace berth::auth {
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Sent {
    std::string method = "POST", path = "/", query, body;
    Headers headers{{"Host", "localhost:5000"}};
};

const AccessKeySecret example{.access_key_id = "AKIDEXAMPLE",
                              .secret = Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")};
const Timestamp example_time = *parse_basic_iso("20150830T123600Z");
constexpr SigningScope scope{.region = "eu-central-1", .service = "ecr"};

Sent sign(Sent sent, const AccessKeySecret& key = example, Timestamp at = example_time) {
    std::vector<HeaderField> fields;
    for (const auto& [name, value] : sent.headers) fields.push_back({.name = name, .value = value});
    for (auto& header : sign_request({.method = sent.method, .path = sent.path, .query = sent.query, .headers = fields},
                                     sent.body, key, scope, at)) {
        sent.headers.push_back(std::move(header));
    }
    return sent;
}

SignatureResult<ParsedSignature> verify(const Sent& sent, Timestamp now = example_time) {
    std::vector<HeaderField> fields;
    for (const auto& [name, value] : sent.headers) fields.push_back({.name = name, .value = value});
    const RequestToVerify request{.method = sent.method, .path = sent.path, .query = sent.query, .headers = fields};
    auto parsed = parse_signature(request, "ecr", now);
    if (!parsed) return parsed;
    SignatureVerifier verifier;
    if (auto good = verifier.verify(request, *parsed, sent.body, example.secret); !good) {
        return std::unexpected(good.error());
    }
    return parsed;
}

rc::Gen<std::string> text_of(std::string_view alphabet) {
    return rc::gen::container<std::string>(rc::gen::elementOf(std::string(alphabet)));
}

Sent arbitrary() {
    constexpr std::string_view escaped = "abcXYZ019-._~%20%2F/&=+*";
    Sent sent;
    sent.method = *rc::gen::element<std::string>("GET", "POST", "PUT");
    sent.path = "/" + *text_of(escaped);
    sent.query = *text_of(escaped);
    sent.body = *rc::gen::arbitrary<std::string>();
    for (const char* name : {"X-Amz-Target", "Content-Type", "x-custom"}) {
        if (*rc::gen::arbitrary<bool>()) sent.headers.emplace_back(name, *text_of("ab  \tXY;,=:"));
    }
    return sent;
}

TEST(Signing, WhatIsSignedIsAccepted) {
    EXPECT_TRUE(rc::check([] {
        const auto done = verify(sign(arbitrary()));
        RC_ASSERT(done.has_value());
        RC_ASSERT(done->access_key_id == example.access_key_id);
        RC_ASSERT(done->region == scope.region);
    }));
}

TEST(Signing, AnyChangeAfterwardsIsRefused) {
    EXPECT_TRUE(rc::check([] {
        auto sent = sign(arbitrary());
        switch (*rc::gen::inRange(0, 4)) {
            case 0:
                sent.body += "x";
                break;
            case 1:
                sent.path += "x";
                break;
            case 2:
                sent.query += "&x=1";
                break;
            default:
                sent.headers.front().second += "x";
        }
        RC_ASSERT(!verify(sent).has_value());
    }));
}

TEST(Signing, AnotherSecretIsRefused) {
    const AccessKeySecret other{.access_key_id = example.access_key_id, .secret = Secret("another")};
    EXPECT_FALSE(verify(sign({}, other)));
    EXPECT_TRUE(verify(sign({})));
}

TEST(Signing, ASessionTokenIsSentAndSigned) {
    AccessKeySecret temporary = example;
    temporary.session_token = "session";
    auto sent = sign({}, temporary);
    const auto done = verify(sent);
    ASSERT_TRUE(done);
    EXPECT_TRUE(done->has_session_token);
    for (auto& [name, value] : sent.headers) {
        if (name == "X-Amz-Security-Token") value = "other";
    }
    EXPECT_FALSE(verify(sent));
}

}  // namespace
}  // namespace berth::auth
