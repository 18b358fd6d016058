#include "api/oci/answers.hpp"

#include "api/oci/json_text.hpp"
#include "api/oci/paging.hpp"
#include "api/oci/query.hpp"
#include "api/oci/referrers_index.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <algorithm>

namespace berth::api::oci {
namespace {

const auto digest = model::Digest::of("content");

std::string header_of(const http::Response& response, std::string_view name) {
    for (const auto& [key, value] : response.headers) {
        if (key == name) return value;
    }
    return "(none)";
}
const std::string& text_of(const http::Response& response) {
    return std::get<std::string>(response.body);
}

TEST(Answers, FaultsAreErrorBodies) {
    const auto response = refusal(Fault{.kind = FaultKind::repository_not_found, .message = "no \"x\"\n"});
    EXPECT_EQ(response.status, 404);
    EXPECT_EQ(header_of(response, "Content-Type"), "application/json; charset=utf-8");
    EXPECT_EQ(text_of(response), R"({"errors":[{"code":"NAME_UNKNOWN","message":"no \"x\"\u000a"}]})");
}

TEST(Answers, WhatIsTooLargeIsNotReadToItsEnd) {
    EXPECT_TRUE(refusal(Fault{.kind = FaultKind::too_large, .message = ""}).close);
    EXPECT_FALSE(refusal(Fault{.kind = FaultKind::invalid_name, .message = ""}).close);
}

TEST(Answers, JsonStringsAreAlwaysReadable) {
    std::string all;
    for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
    std::string json;
    append_json_string(json, all);
    boost::json::error_code error;
    EXPECT_TRUE(boost::json::parse(json, error).is_string());
    EXPECT_FALSE(error);
}

TEST(Answers, TheChallengeIsEcrs) {
    const auto response = challenge("https://localhost:5000");
    EXPECT_EQ(response.status, 401);
    EXPECT_EQ(header_of(response, "WWW-Authenticate"),
              R"(Basic realm="https://localhost:5000/",service="ecr.amazonaws.com")");
    EXPECT_EQ(header_of(response, "Content-Type"), "text/plain; charset=utf-8");
    EXPECT_EQ(text_of(response), "Not Authorized\n");
}

TEST(Answers, UploadRangesAreInclusive) {
    EXPECT_EQ(upload_range(0), "0-0");
    EXPECT_EQ(upload_range(1), "0-0");
    EXPECT_EQ(upload_range(4096), "0-4095");
}

TEST(Answers, EntityTagsAreComparedWeakly) {
    const auto tag = etag_of(digest);
    EXPECT_TRUE(etag_matches(tag, digest));
    EXPECT_TRUE(etag_matches("\"other\", W/" + tag, digest));
    EXPECT_TRUE(etag_matches("*", digest));
    EXPECT_FALSE(etag_matches(digest.text(), digest));
    EXPECT_FALSE(etag_matches("\"\"", digest));
    EXPECT_FALSE(etag_matches("", digest));
}

TEST(Answers, HeadSaysTheLengthOfEveryBody) {
    http::Response shared;
    shared.body = std::make_shared<const std::string>("12345");
    EXPECT_EQ(without_body(std::move(shared)).head_length, 5U);
    http::Response file;
    file.body = http::FileBody{.owner = nullptr, .descriptor = -1, .offset = 0, .length = 7};
    const auto head = without_body(std::move(file));
    EXPECT_EQ(head.head_length, 7U);
    EXPECT_TRUE(text_of(head).empty());
}

Query query_of(std::string_view text) {
    return *Query::parse(text);
}

TEST(Query, DecodesOnceAndKeepsPlus) {
    const auto query = query_of("tag=a&tag=b&&x=application%2Fvnd.a%2Bjson+b&empty");
    EXPECT_EQ(query.find_all("tag").size(), 2U);
    EXPECT_EQ(query.find("x"), "application/vnd.a+json+b");
    EXPECT_EQ(query.find("empty"), "");
    EXPECT_FALSE(query.find("y"));
    EXPECT_EQ(Query::parse("a=%zz").error().kind, FaultKind::invalid_parameter);
}

TEST(Query, IsBounded) {
    std::string many;
    for (std::size_t i = 0; i <= Query::max_parameters; ++i) many += "a=1&";
    EXPECT_EQ(Query::parse(many).error().kind, FaultKind::invalid_parameter);
}

TEST(Paging, AnAbsurdNumberIsAFullPage) {
    EXPECT_EQ(parse_page(query_of(""))->size, max_page);
    EXPECT_EQ(parse_page(query_of("n=5&last=v1"))->size, 5U);
    EXPECT_EQ(parse_page(query_of("n=5&last=v1"))->after, "v1");
    EXPECT_EQ(parse_page(query_of("n=0"))->size, 0U);
    EXPECT_EQ(parse_page(query_of("n=1001"))->size, max_page);
    EXPECT_EQ(parse_page(query_of("n=99999999999999999999999"))->size, max_page);
    for (const auto* bad : {"n=", "n=-1", "n=1.5", "n=ten", "n=0x10"}) {
        EXPECT_EQ(parse_page(query_of(bad)).error().kind, FaultKind::invalid_parameter) << bad;
    }
    EXPECT_FALSE(parse_page(query_of("last=" + std::string(2000, 'a'))));
}

TEST(Paging, LinksAreRelativeAndEscaped) {
    EXPECT_EQ(next_link("/v2/a/tags/list", {{"n", "10"}, {"last", "v1"}}),
              R"(</v2/a/tags/list?n=10&last=v1>; rel="next")");
    EXPECT_EQ(next_link("/v2/a/referrers/x", {{"artifactType", ""}, {"last", "a/b+c"}}),
              R"(</v2/a/referrers/x?last=a%2Fb%2Bc>; rel="next")");
}

model::Image referrer(const std::string& annotations) {
    model::Image image;
    image.digest = digest;
    image.media_type = "application/vnd.oci.image.manifest.v1+json";
    image.artifact_type = "application/\"x\"";
    image.manifest_size = 12;
    image.annotations_json = annotations;
    return image;
}

TEST(Referrers, AreAnImageIndex) {
    ReferrersIndex index(4096);
    EXPECT_TRUE(index.add(referrer(R"({"a":"b"})")));
    EXPECT_TRUE(index.add(referrer("")));
    const auto json = boost::json::parse(std::move(index).finish());
    EXPECT_EQ(json.at("schemaVersion").as_int64(), 2);
    EXPECT_EQ(json.at("mediaType").as_string(), "application/vnd.oci.image.index.v1+json");
    const auto& first = json.at("manifests").at(0);
    EXPECT_EQ(first.at("digest").as_string(), digest.text());
    EXPECT_EQ(first.at("size").as_int64(), 12);
    EXPECT_EQ(first.at("artifactType").as_string(), "application/\"x\"");
    EXPECT_EQ(first.at("annotations").at("a").as_string(), "b");
    EXPECT_FALSE(json.at("manifests").at(1).as_object().contains("annotations"));
}

TEST(Referrers, StopAtTheLimitButAlwaysGoForward) {
    ReferrersIndex index(512);
    EXPECT_TRUE(index.add(referrer(R"({"a":")" + std::string(1000, 'x') + R"("})")));
    EXPECT_FALSE(index.add(referrer("")));
    EXPECT_EQ(index.size(), 1U);
    EXPECT_TRUE(boost::json::parse(std::move(index).finish()).is_object());
}

}  // namespace
}  // namespace berth::api::oci
