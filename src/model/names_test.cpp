#include "model/names.hpp"

#include "model/arn.hpp"
#include "model/digest.hpp"

#include <gtest/gtest.h>

#include <random>
#include <regex>

namespace berth::model {
namespace {

TEST(RepositoryName, AgreesWithEcrsRegularExpression) {
    const std::regex rule(R"([a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*)");
    std::mt19937 generator(3);
    constexpr std::string_view alphabet = "ab0._-/A";
    int legal = 0;
    for (int i = 0; i < 40'000; ++i) {
        std::string text(std::uniform_int_distribution<std::size_t>(0, 9)(generator), ' ');
        for (auto& c : text)
            c = alphabet[std::uniform_int_distribution<std::size_t>(0, alphabet.size() - 1)(generator)];
        const bool expected = std::regex_match(text, rule);
        ASSERT_EQ(RepositoryName::matches_pattern(text), expected) << text;
        ASSERT_EQ(RepositoryName::parse(text).has_value(), expected && text.size() >= 2) << text;
        legal += expected ? 1 : 0;
    }
    EXPECT_GT(legal, 1000);
}

TEST(RepositoryName, Length) {
    EXPECT_FALSE(RepositoryName::parse("a"));
    EXPECT_TRUE(RepositoryName::parse(std::string(256, 'a')));
    EXPECT_FALSE(RepositoryName::parse(std::string(257, 'a')));
}

TEST(Tag, Rule) {
    for (const auto* text : {"latest", "v1.0-rc_1", "_x", "A", "0"}) EXPECT_TRUE(Tag::parse(text)) << text;
    for (const auto* text : {"", ".x", "-x", "a b", "a/b", "a:b", "\xC3\xA9"}) EXPECT_FALSE(Tag::parse(text)) << text;
    EXPECT_TRUE(Tag::parse(std::string(128, 't')));
    EXPECT_FALSE(Tag::parse(std::string(129, 't')));
}

TEST(UploadId, IsALowerCaseUuid) {
    EXPECT_TRUE(UploadId::parse("0f8fad5b-d9cb-469f-a165-70867728950e"));
    EXPECT_FALSE(UploadId::parse("0F8FAD5B-d9cb-469f-a165-70867728950e"));
    EXPECT_FALSE(UploadId::parse("0f8fad5b-d9cb-469f-a165-70867728950"));
    EXPECT_FALSE(UploadId::parse("../../../../../../etc/passwd-a165-708"));
}

TEST(AccountAndRegion, Rules) {
    EXPECT_TRUE(AccountId::parse("000000000000"));
    EXPECT_FALSE(AccountId::parse("00000000000"));
    EXPECT_FALSE(AccountId::parse("00000000000a"));
    EXPECT_TRUE(Region::parse("eu-west-1"));
    EXPECT_FALSE(Region::parse("EU-west-1"));
    EXPECT_FALSE(Region::parse("-a"));
    EXPECT_FALSE(Region::parse(""));
}

TEST(Digest, ParsesAndHashes) {
    const auto empty = Digest::of("");
    EXPECT_EQ(empty.text(), "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(Digest::parse(empty.text()), empty);
    const auto long_one = Digest::of("abc", DigestAlgorithm::sha512);
    EXPECT_EQ(long_one.algorithm(), DigestAlgorithm::sha512);
    EXPECT_EQ(Digest::parse(long_one.text()), long_one);
    for (const auto* text : {"", "sha256:", "sha256:E3B0", "md5:d41d8cd98f00b204e9800998ecf8427e", "e3b0c442"}) {
        EXPECT_FALSE(Digest::parse(text)) << text;
    }
    EXPECT_FALSE(Digest::parse("sha512:" + std::string(empty.hex())));
}

TEST(Arn, RoundTripsAndKnowsPartitions) {
    const Registry registry{.account = *AccountId::parse("123456789012"), .region = *Region::parse("cn-north-1")};
    const auto arn = repository_arn(registry, "team/app");
    EXPECT_EQ(arn, "arn:aws-cn:ecr:cn-north-1:123456789012:repository/team/app");
    const auto parsed = parse_repository_arn(arn);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->registry, registry);
    EXPECT_EQ(parsed->name.text(), "team/app");
    for (const auto* text :
         {"", "arn:aws:s3:::bucket", "arn:aws:ecr:us-east-1:123456789012:repository/",
          "arn:aws:ecr:cn-north-1:123456789012:repository/app", "arn:aws:ecr:us-east-1:12:repository/app"}) {
        EXPECT_FALSE(parse_repository_arn(text)) << text;
    }
}

}  // namespace
}  // namespace berth::model
