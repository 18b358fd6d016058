#include "auth/sigv4.hpp"

#include "auth/iso_time.hpp"
#include "base/encoding.hpp"
#include "model/digest.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <fstream>
#include <string>
#include <vector>

namespace berth::auth {
namespace {

const Secret example_secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
const Timestamp example_time = *parse_basic_iso("20150830T123600Z");

// A request that owns its texts.
struct Sent {
    std::string name, service = "ecr", region = "us-east-1", method = "POST", path = "/", query, body;
    std::vector<std::pair<std::string, std::string>> headers;

    void set(const std::string& header, const std::string& value) {
        for (auto& [known, text] : headers) {
            if (known == header) {
                text = value;
                return;
            }
        }
        headers.emplace_back(header, value);
    }
};

SignatureResult<ParsedSignature> check(const Sent& sent, Timestamp now = example_time,
                                       const Secret& secret = example_secret) {
    std::vector<HeaderField> fields;
    for (const auto& [name, value] : sent.headers) fields.push_back({name, value});
    const RequestToVerify request{.method = sent.method, .path = sent.path, .query = sent.query, .headers = fields};
    auto parsed = parse_signature(request, sent.service, now);
    if (!parsed) return parsed;
    SignatureVerifier verifier;
    if (auto good = verifier.verify(request, *parsed, sent.body, secret); !good) return std::unexpected(good.error());
    return parsed;
}

Sent sign(Sent sent, const std::vector<std::string>& signed_headers, Timestamp at = example_time) {
    const auto time = to_basic_iso(at);
    sent.set("X-Amz-Date", time);
    std::vector<HeaderField> fields;
    for (const auto& [name, value] : sent.headers) fields.push_back({name, value});
    const RequestToVerify request{.method = sent.method, .path = sent.path, .query = sent.query, .headers = fields};
    ParsedSignature parsed{.access_key_id = "AKIDEXAMPLE",
                           .date = time.substr(0, 8),
                           .region = sent.region,
                           .service = sent.service,
                           .request_time = time,
                           .signed_headers = signed_headers};
    const auto key = derive_signing_key(example_secret, parsed.date, parsed.region, parsed.service);
    const auto hash = std::string(model::Digest::of(sent.body).hex());
    const auto signature = compute_signature(as_text(key), parsed, canonical_request(request, parsed, hash));
    std::string names;
    for (const auto& name : signed_headers) names += (names.empty() ? "" : ";") + name;
    sent.set("Authorization", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/" + parsed.date + "/" + sent.region + "/" +
                                  sent.service + "/aws4_request, SignedHeaders=" + names + ", Signature=" + signature);
    return sent;
}

Sent example() {
    Sent sent;
    sent.headers = {{"Host", "localhost:5000"},
                    {"X-Amz-Target", "AmazonEC2ContainerRegistry_V20150921.DescribeRegistry"}};
    sent.body = "{}";
    return sent;
}
const std::vector<std::string> example_names{"host", "x-amz-date", "x-amz-target"};

std::vector<Sent> read_vectors() {
    std::ifstream in(BERTH_TESTDATA "/sigv4_vectors.txt");
    std::vector<Sent> all;
    std::string line;
    bool fresh = true;
    while (std::getline(in, line)) {
        if (line.empty()) {
            fresh = true;
            continue;
        }
        if (fresh) all.emplace_back();
        fresh = false;
        const auto space = line.find(' ');
        const auto word = line.substr(0, space);
        const auto rest = line.substr(space + 1);
        auto& sent = all.back();
        if (word == "name") sent.name = rest;
        if (word == "service") sent.service = rest;
        if (word == "region") sent.region = rest;
        if (word == "method") sent.method = rest;
        if (word == "path") sent.path = rest;
        if (word == "query") sent.query = rest;
        if (word == "body") sent.body = from_base64(rest).value();
        if (word == "header")
            sent.headers.emplace_back(rest.substr(0, rest.find(':')), rest.substr(rest.find(':') + 1));
    }
    return all;
}

SignatureProblem problem_of(const SignatureResult<ParsedSignature>& result) {
    return result ? throw std::logic_error("was accepted") : result.error().problem;
}

TEST(SigV4, AcceptsEveryVector) {
    const auto vectors = read_vectors();
    ASSERT_GE(vectors.size(), 14U);
    for (const auto& sent : vectors) {
        const auto result = check(sent);
        EXPECT_TRUE(result) << sent.name << ": " << result.error().message;
        if (result) {
            EXPECT_EQ(result->access_key_id, "AKIDEXAMPLE");
            EXPECT_EQ(result->region, sent.region);
        }
    }
}

TEST(SigV4, RefusesEveryVectorWithAnotherBodyOrSecret) {
    for (auto sent : read_vectors()) {
        EXPECT_EQ(problem_of(check(sent, example_time, Secret("other"))), SignatureProblem::invalid) << sent.name;
        sent.body += "x";
        EXPECT_EQ(problem_of(check(sent)), SignatureProblem::invalid) << sent.name;
    }
}

TEST(SigV4, WithoutASignatureTheTokenIsMissing) {
    const auto result = check(example());
    ASSERT_EQ(problem_of(result), SignatureProblem::missing_token);
    EXPECT_EQ(result.error().message, "Missing Authentication Token");
}

TEST(SigV4, SaysWhatIsMissing) {
    auto sent = example();
    sent.set("X-Amz-Date", "20150830T123600Z");
    sent.set("Authorization", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/ecr/aws4_request");
    const auto result = check(sent);
    ASSERT_EQ(problem_of(result), SignatureProblem::incomplete);
    EXPECT_EQ(result.error().message,
              "Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' "
              "parameter.");
    for (const auto* header : {"Basic QVdTOng=", "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 ,,,=", "AWS4", "",
                               "AWS4-HMAC-SHA256 Credential=a/b/c, SignedHeaders=host, Signature=0"}) {
        sent.set("Authorization", header);
        EXPECT_EQ(problem_of(check(sent)), SignatureProblem::incomplete) << header;
    }
}

TEST(SigV4, AllowsFiveMinutesOfSkew) {
    using std::chrono::minutes;
    using std::chrono::seconds;
    const auto sent = sign(example(), example_names);
    EXPECT_TRUE(check(sent, example_time + minutes(5)));
    EXPECT_TRUE(check(sent, example_time - minutes(5)));
    const auto late = check(sent, example_time + minutes(5) + seconds(1));
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().message,
              "Signature expired: 20150830T123600Z is now earlier than 20150830T123601Z (20150830T124101Z - 5 min.)");
    const auto early = check(sent, example_time - minutes(5) - seconds(1));
    ASSERT_FALSE(early);
    EXPECT_EQ(early.error().message,
              "Signature not yet current: 20150830T123600Z is still later than 20150830T123559Z (20150830T123059Z + 5 "
              "min.)");
}

TEST(SigV4, AcceptsTheDateHeaderOnlyWhenSigned) {
    auto sent = example();
    sent.set("Date", "Sun, 30 Aug 2015 12:36:00 GMT");
    auto done = sign(sent, {"date", "host", "x-amz-target"});
    std::erase_if(done.headers, [](const auto& header) { return header.first == "X-Amz-Date"; });
    EXPECT_TRUE(check(done));
    done = sign(sent, {"host", "x-amz-target"});
    std::erase_if(done.headers, [](const auto& header) { return header.first == "X-Amz-Date"; });
    EXPECT_EQ(problem_of(check(done)), SignatureProblem::invalid);
}

TEST(SigV4, HostAndAmazonHeadersMustBeSigned) {
    EXPECT_TRUE(check(sign(example(), example_names)));
    EXPECT_EQ(problem_of(check(sign(example(), {"x-amz-date", "x-amz-target"}))), SignatureProblem::invalid);
    EXPECT_EQ(problem_of(check(sign(example(), {"host", "x-amz-date"}))), SignatureProblem::invalid);
    auto smuggled = sign(example(), example_names);
    smuggled.headers.emplace_back("X-AMZ-Extra", "1");
    EXPECT_EQ(problem_of(check(smuggled)), SignatureProblem::invalid);
    EXPECT_EQ(problem_of(check(sign(example(), {"absent", "host", "x-amz-date", "x-amz-target"}))),
              SignatureProblem::invalid);
    EXPECT_EQ(problem_of(check(sign(example(), {"x-amz-date", "host", "x-amz-target"}))), SignatureProblem::invalid);
}

TEST(SigV4, ScopeMustFitServiceAndDay) {
    auto sent = example();
    sent.service = "s3";
    auto other = sign(sent, example_names);
    other.service = "ecr";
    const auto result = check(other);
    ASSERT_EQ(problem_of(result), SignatureProblem::invalid);
    EXPECT_EQ(result.error().message, "Credential should be scoped to correct service: 'ecr'.");
    auto moved = sign(example(), example_names);
    moved.set("X-Amz-Date", "20150831T123600Z");
    EXPECT_EQ(problem_of(check(moved, example_time + std::chrono::hours(24))), SignatureProblem::invalid);
}

TEST(SigV4, APayloadHashMustBeTheBodys) {
    auto sent = example();
    auto names = example_names;
    names.insert(names.begin() + 1, "x-amz-content-sha256");
    sent.set("X-Amz-Content-Sha256", std::string(model::Digest::of(sent.body).hex()));
    EXPECT_TRUE(check(sign(sent, names)));
    sent.set("X-Amz-Content-Sha256", std::string(model::Digest::of("other").hex()));
    EXPECT_EQ(problem_of(check(sign(sent, names))), SignatureProblem::invalid);
    for (const auto* text : {"UNSIGNED-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", ""}) {
        sent.set("X-Amz-Content-Sha256", text);
        EXPECT_EQ(problem_of(check(sign(sent, names))), SignatureProblem::invalid) << text;
    }
}

TEST(SigV4, PresignedRequestsExpire) {
    for (const auto& sent : read_vectors()) {
        if (sent.name != "sts-presigned") continue;
        EXPECT_TRUE(check(sent, example_time + std::chrono::seconds(60)));
        EXPECT_EQ(problem_of(check(sent, example_time + std::chrono::seconds(61))), SignatureProblem::invalid);
        for (const auto* expires : {"0", "604801", "-1", "x", "99999999999999999999", ""}) {
            auto changed = sent;
            const auto at = changed.query.find("X-Amz-Expires=60");
            ASSERT_NE(at, std::string::npos);
            changed.query.replace(at, 16, std::string("X-Amz-Expires=") + expires);
            EXPECT_EQ(problem_of(check(changed)), SignatureProblem::incomplete) << expires;
        }
        auto doubled = sent;
        doubled.query += "&X-Amz-Expires=600";
        EXPECT_EQ(problem_of(check(doubled)), SignatureProblem::incomplete);
        auto both = sent;
        both.set("Authorization", "AWS4-HMAC-SHA256 x");
        EXPECT_EQ(problem_of(check(both)), SignatureProblem::incomplete);
    }
}

TEST(SigV4, RemembersKeysBySecret) {
    const auto sent = sign(example(), example_names);
    std::vector<HeaderField> fields;
    for (const auto& [name, value] : sent.headers) fields.push_back({name, value});
    const RequestToVerify request{.method = sent.method, .path = sent.path, .query = sent.query, .headers = fields};
    const auto parsed = parse_signature(request, "ecr", example_time);
    ASSERT_TRUE(parsed);
    SignatureVerifier verifier;
    EXPECT_TRUE(verifier.verify(request, *parsed, sent.body, example_secret));
    EXPECT_TRUE(verifier.verify(request, *parsed, sent.body, example_secret));
    EXPECT_FALSE(verifier.verify(request, *parsed, sent.body, Secret("rotated")));
    EXPECT_TRUE(verifier.verify(request, *parsed, sent.body, example_secret));
}

TEST(SigV4, WhateverIsSignedVerifiesAndNoFlippedBitDoes) {
    const bool holds = rc::check([](const std::string& body, const std::string& query_text, std::uint16_t where) {
        auto sent = example();
        sent.body = body;
        sent.query = "k=" + percent_encode(query_text);
        sent.path = "/" + percent_encode(query_text, Slash::keep);
        const auto done = sign(sent, example_names);
        RC_ASSERT(check(done).has_value());

        auto flipped = done;
        auto& text = flipped.headers[where % flipped.headers.size()].second;
        const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
        text[at] = static_cast<char>(text[at] ^ 1);
        // The key's id is not signed: it only says whose secret to take.
        const auto outcome = check(flipped);
        const bool refused = !outcome.has_value() || outcome.value().access_key_id != "AKIDEXAMPLE";
        RC_ASSERT(refused);
        if (!body.empty()) {
            flipped = done;
            flipped.body[where % body.size()] = static_cast<char>(flipped.body[where % body.size()] ^ 1);
            RC_ASSERT(!check(flipped).has_value());
        }
    });
    EXPECT_TRUE(holds);
}

TEST(SigV4, SurvivesHostileText) {
    const bool holds =
        rc::check([](const std::string& authorization, const std::string& query, const std::string& date) {
            auto sent = example();
            sent.query = query;
            sent.set("X-Amz-Date", date);
            sent.set("Authorization", "AWS4-HMAC-SHA256 " + authorization);
            RC_ASSERT(!check(sent).has_value());
            sent.headers.pop_back();
            sent.query = "X-Amz-Algorithm=AWS4-HMAC-SHA256&" + query;
            RC_ASSERT(!check(sent).has_value());
        });
    EXPECT_TRUE(holds);
}

TEST(IsoTime, ReadsWhatItWrites) {
    EXPECT_EQ(to_basic_iso(example_time), "20150830T123600Z");
    EXPECT_EQ(parse_http_date("Sun, 30 Aug 2015 12:36:00 GMT"), example_time);
    for (const auto* text : {"", "20150830T123600", "20150230T123600Z", "20150830T246000Z", "2015083xT123600Z"}) {
        EXPECT_FALSE(parse_basic_iso(text)) << text;
    }
    EXPECT_FALSE(parse_http_date("Sun, 30 Xug 2015 12:36:00 GMT"));
}

}  // namespace
}  // namespace berth::auth
