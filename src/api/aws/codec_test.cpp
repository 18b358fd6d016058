#include "api/aws/bind.hpp"
#include "api/aws/page_token.hpp"
#include "api/aws/sts.hpp"
#include "api/aws/translate.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace berth::api::aws {

struct Sample {
    std::optional<RegistryId> registryId;
    RepositoryName repositoryName;
    std::optional<MaxResults> maxResults;
    std::optional<ImageIdentifiers> imageIds;
    std::optional<TagList> tags;
    std::optional<model::TagMutability> imageTagMutability;
    std::optional<TagExclusionFilters> filters;
    std::optional<ImageManifest> imageManifest;
    std::optional<Blob<8>> blob;
    std::optional<Timestamp> at;
    std::optional<bool> force;
    std::optional<UploadId> uploadId;
};
BOOST_DESCRIBE_STRUCT(Sample, (),
                      (registryId, repositoryName, maxResults, imageIds, tags, imageTagMutability, filters,
                       imageManifest, blob, at, force, uploadId))

namespace {

std::string refusal(std::string body) {
    Sample sample;
    const auto read = read_request(std::move(body), sample);
    return read ? "accepted" : std::string(read.error().type) + ": " + read.error().message;
}

// The refusal of a request whose only fault is this member.
std::string refusal_of(const std::string& member) {
    return refusal(R"({"repositoryName":"app",)" + member + "}");
}

std::string constraint(const std::string& path, const std::string& reason) {
    return "InvalidParameterException: Invalid parameter at '" + path + "' failed to satisfy constraint: '" + reason +
           "'";
}

TEST(Codec, WordsEveryConstraintAsEcrDoes) {
    EXPECT_EQ(refusal("{}"), constraint("repositoryName", "must not be null"));
    EXPECT_EQ(refusal(R"({"repositoryName":null})"), constraint("repositoryName", "must not be null"));
    EXPECT_EQ(refusal(R"({"repositoryName":"a"})"),
              constraint("repositoryName", "must have length greater than or equal to 2"));
    EXPECT_EQ(refusal(R"({"repositoryName":")" + std::string(257, 'a') + "\"}"),
              constraint("repositoryName", "must have length less than or equal to 256"));
    EXPECT_EQ(
        refusal(R"({"repositoryName":"Bad"})"),
        "InvalidParameterException: Invalid parameter at 'repositoryName' failed to satisfy constraint: 'must "
        R"(satisfy regular expression '[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*'')");
    EXPECT_EQ(refusal_of(R"("registryId":"123")"),
              constraint("registryId", "must satisfy regular expression '[0-9]{12}'"));
    EXPECT_EQ(refusal_of(R"("maxResults":0)"),
              constraint("maxResults", "Member must have value greater than or equal to 1"));
    EXPECT_EQ(refusal_of(R"("maxResults":1001)"),
              constraint("maxResults", "Member must have value less than or equal to 1000"));
    EXPECT_EQ(refusal_of(R"("maxResults":18446744073709551615)"),
              constraint("maxResults", "Member must have value less than or equal to 1000"));
    EXPECT_EQ(refusal_of(R"("imageIds":[])"),
              constraint("imageIds", "Member must have length greater than or equal to 1"));
    EXPECT_EQ(refusal_of(R"("imageIds":[{},{"imageTag":""}])"),
              constraint("imageIds.2.member.imageTag", "must have length greater than or equal to 1"));
    EXPECT_EQ(refusal_of(R"("tags":[{"Key":"a","Value":"b"},{"Value":"c"}])"),
              constraint("tags.2.member.key", "Member must not be null"));
    EXPECT_EQ(refusal_of(R"("imageTagMutability":"immutable")"),
              constraint("imageTagMutability",
                         "Member must satisfy enum value set: [IMMUTABLE, MUTABLE, MUTABLE_WITH_EXCLUSION, "
                         "IMMUTABLE_WITH_EXCLUSION]"));
    EXPECT_EQ(refusal_of(R"("filters":[{"filterType":"WILDCARD","filter":"a b"}])"),
              constraint("filters.1.member.filter", "must satisfy regular expression '^[0-9a-zA-Z._*-]{1,128}$'"));
    EXPECT_EQ(refusal_of(R"("imageManifest":"")"),
              constraint("ImageManifest", "must have length greater than or equal to 1"));
    EXPECT_EQ(refusal_of(R"("blob":"AAAAAAAAAAAA")"),
              constraint("blob", "Member must have length less than or equal to 8"));
    EXPECT_TRUE(refusal_of(R"("uploadId":"x")").starts_with("InvalidParameterException"));
}

TEST(Codec, CountsCharactersNotBytes) {
    // A tag, at most 300 characters, has no pattern: only its length counts.
    const auto text_of = [](std::size_t count) {
        std::string text;
        for (std::size_t i = 0; i < count; ++i) text += "\xc3\xbc";
        return "\"imageIds\":[{\"imageTag\":\"" + text + "\"}]";
    };
    EXPECT_EQ(refusal_of(text_of(300)), "accepted");
    EXPECT_EQ(refusal_of(text_of(301)),
              constraint("imageIds.1.member.imageTag", "must have length less than or equal to 300"));
    EXPECT_EQ(refusal(R"({"repositoryName":"\u00fc"})"),
              constraint("repositoryName", "must have length greater than or equal to 2"));
}

TEST(Codec, CountsIdsOfOneCall) {
    std::string ids;
    for (int i = 0; i < 101; ++i) ids += (i == 0 ? "{}" : ",{}");
    EXPECT_EQ(refusal_of("\"imageIds\":[" + ids + "]"),
              constraint("imageIds", "Member must have length less than or equal to 100"));
}

TEST(Codec, RefusesWhatIsNotItsJson) {
    for (const auto* body : {"", "{", "[]", "1", "\"x\"", "{\"repositoryName\":1}", "{\"repositoryName\":\"\xff\"}"}) {
        if (*body == '\0') continue;
        EXPECT_TRUE(refusal(body).starts_with("SerializationException: ")) << body;
    }
    EXPECT_TRUE(refusal(std::string(100'000, '[')).starts_with("SerializationException: "));
    for (const auto* member : {R"("maxResults":"1")", R"("maxResults":1.5)", R"("imageIds":{})", R"("imageIds":["a"])",
                               R"("imageTagMutability":1)", R"("blob":"*")", R"("blob":1)", R"("at":"now")",
                               R"("at":1e300)", R"("force":"true")", R"("tags":"x")"}) {
        EXPECT_TRUE(refusal_of(member).starts_with("SerializationException: ")) << member;
    }
    // A wrong type counts before a broken constraint that stands in front of it.
    EXPECT_TRUE(refusal(R"({"repositoryName":"B","force":1})").starts_with("SerializationException: "));
}

TEST(Codec, ReadsWhatItWrites) {
    Sample sample;
    const std::string body =
        R"({"registryId":"000000000000","repositoryName":"team/app","maxResults":1000,)"
        R"("imageIds":[{"imageDigest":"sha256:00"},{"imageTag":"v1"}],"tags":[{"Key":"a","Value":""}],)"
        R"("imageTagMutability":"MUTABLE","blob":"AAECAw==","at":1763900000.123,"force":true})";
    ASSERT_TRUE(read_request(body, sample));
    EXPECT_EQ(sample.blob->bytes, std::string("\0\1\2\3", 4));
    std::string text;
    encode(text, sample);
    EXPECT_EQ(text, body);
}

TEST(Codec, IgnoresUnknownMembersAndNulls) {
    EXPECT_EQ(refusal_of(R"("other":{"deep":[1,2]},"maxResults":null)"), "accepted");
}

TEST(Codec, SurvivesAnything) {
    EXPECT_TRUE(rc::check([](const std::string& body) { (void)refusal(body); }));
}

TEST(JsonWriter, EscapesAndCounts) {
    std::string text;
    write_string(text, "a\"b\\c\n\x01\x7f\xc3\xa9");
    EXPECT_EQ(text, "\"a\\\"b\\\\c\\n\\u0001\\u007f\xc3\xa9\"");
    text.clear();
    write_timestamp(text, Timestamp(std::chrono::milliseconds(1'763'900'000'005)));
    EXPECT_EQ(text, "1763900000.005");
    text.clear();
    write_timestamp(text, Timestamp(std::chrono::seconds(7)));
    EXPECT_EQ(text, "7");
}

TEST(Patterns, AreTheModels) {
    EXPECT_TRUE(patterns::digest("sha256:ABCdef01"));
    EXPECT_FALSE(patterns::digest("sha256:xyz"));
    EXPECT_FALSE(patterns::digest(":00"));
    EXPECT_FALSE(patterns::digest("sha256:"));
    EXPECT_TRUE(patterns::image_tag("-_.x"));
    EXPECT_FALSE(patterns::image_tag("a b"));
    EXPECT_TRUE(patterns::upload_id("01234567-89ab-cdef-ABCD-EF0123456789"));
    EXPECT_FALSE(patterns::upload_id("01234567-89ab-cdef-ABCD-EF012345678"));
    EXPECT_TRUE(patterns::repository_filter("team/app-"));
    EXPECT_FALSE(patterns::repository_filter("/app"));
    for (const auto* good : {"app", "*", "prod*", "*a/b-c.d_e*", "a-*", "**"})
        EXPECT_TRUE(patterns::scan_filter(good)) << good;
    for (const auto* bad : {"", "-a", "a-", "a--b", "a/-b", "A", "a b"})
        EXPECT_FALSE(patterns::scan_filter(bad)) << bad;
    EXPECT_TRUE(patterns::tag_filter("v*.*"));
}

TEST(PageToken, IsWorthSomethingOnlyForItsRequest) {
    const auth::StatementKey key(Secret(std::string(32, 'k')));
    const auto token = make_page_token(key, "ListImages\na", "sha256:00 v1");
    EXPECT_EQ(*open_page_token(key, "ListImages\na", token), "sha256:00 v1");
    const auto refused = open_page_token(key, "ListImages\nb", token);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().type, "InvalidParameterException");
    EXPECT_FALSE(open_page_token(key, "ListImages\na", "x" + token));
    EXPECT_FALSE(open_page_token(key, "ListImages\na", std::string(100'000, 'A')));
}

TEST(Mutability, ValueAndFiltersMustFit) {
    TagExclusionFilters filters;
    filters.items.push_back({.filter = {"v*"}});
    using enum model::TagMutability;
    EXPECT_TRUE(from_wire(mutable_tags, std::nullopt));
    EXPECT_TRUE(from_wire(immutable_with_exclusion, filters));
    EXPECT_EQ(from_wire(immutable_with_exclusion, std::nullopt).error().message,
              "Invalid parameter at 'imageTagMutabilityExclusionFilters' failed to satisfy constraint: "
              "'ImageTagMutabilityExclusionFilters can't be null when imageTagMutability is set as "
              "IMMUTABLE_WITH_EXCLUSION'");
    EXPECT_FALSE(from_wire(immutable_tags, filters));
    filters.items.push_back({.filter = {"a*b*c*"}});
    EXPECT_FALSE(from_wire(mutable_with_exclusion, filters));
}

TEST(ImageIds, AreJudgedOneByOne) {
    const auto code = [](const ImageIdentifier& id) {
        const auto value = from_wire(id);
        const auto* failure = std::get_if<ImageFailure>(&value);
        return failure == nullptr ? std::string("usable") : std::string(wire_name(*failure->failureCode));
    };
    EXPECT_EQ(code({}), "MissingDigestAndTag");
    EXPECT_EQ(code({.imageDigest = ImageDigest{"nonsense"}, .imageTag = std::nullopt}), "InvalidImageDigest");
    EXPECT_EQ(code({.imageDigest = std::nullopt, .imageTag = ImageTag{"a b"}}), "InvalidImageTag");
    EXPECT_EQ(code({.imageDigest = std::nullopt, .imageTag = ImageTag{"-x"}}), "ImageNotFound");
    EXPECT_EQ(code({.imageDigest = ImageDigest{"sha256:ab"}, .imageTag = ImageTag{"v1"}}), "usable");
}

TEST(Sts, AnswersInXml) {
    const iam::Principal root{.arn = "arn:aws:iam::000000000000:root",
                              .account = *model::AccountId::parse("000000000000"),
                              .user_id = "000000000000",
                              .access_key_id = "AKIA"};
    const auto good = answer_sts("Action=GetCallerIdentity&Version=2011-06-15", root, "id-1");
    EXPECT_EQ(good.status, 200);
    EXPECT_NE(good.xml.find("<Arn>arn:aws:iam::000000000000:root</Arn><UserId>000000000000</UserId>"
                            "<Account>000000000000</Account>"),
              std::string::npos);
    const auto bad = answer_sts("Action=%3Cx%3E&Version=2011-06-15", root, "id-1");
    EXPECT_EQ(bad.status, 400);
    EXPECT_NE(bad.xml.find("<Code>InvalidAction</Code><Message>Could not find operation &lt;x&gt;"), std::string::npos);
}

}  // namespace
}  // namespace berth::api::aws
