#include "scanning/clair/clair_scanner.hpp"

#include "auth/download_link.hpp"
#include "base/encoding.hpp"
#include "scanning/clair/token.hpp"
#include "testing/manual_clock.hpp"
#include "testing/run.hpp"
#include "testing/scripted_server.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <iterator>

namespace berth::scanning::clair {
namespace {

using namespace std::chrono_literals;
using testing::answer;
using testing::ScriptedServer;
using testing::wait_for;

std::string recorded() {
    std::ifstream file(std::string(BERTH_TESTDATA) + "/report.json");
    return {std::istreambuf_iterator<char>(file), {}};
}

const std::string finished = R"({"state":"IndexFinished","success":true,"err":""})";

ScanTarget target() {
    const auto layer = model::Digest::of("layer");
    return {.repository = {.registry = {.account = model::AccountId::parse("123456789012").value(),
                                        .region = model::Region::parse("eu-west-1").value()},
                           .name = model::RepositoryName::parse("team/app").value()},
            .digest = model::Digest::of("manifest"),
            .layers = {{.digest = layer, .media_type = {}, .size = 5},
                       {.digest = model::Digest::of("other"), .media_type = {}, .size = 5},
                       {.digest = layer, .media_type = {}, .size = 5}}};
}

class ClairScannerTest : public ::testing::Test {
protected:
    ~ClairScannerTest() override { pool_.join(); }

    Result<scan::Findings> scan(const ScriptedServer& server, Secret key = {}) {
        ClairScanner scanner({.url = server.url(""),
                              .own_url = "http://berth:5000",
                              .key = std::move(key),
                              .issuer = "berth",
                              .poll = 1ms,
                              .patience = 5s},
                             links_, clock_, pool_);
        return wait_for(scanner.scan(target(), scan::Depth::enhanced));
    }
    // What a Clair says that always answers the same.
    Result<scan::Findings> scan_with(const std::string& index, const std::string& report) {
        const ScriptedServer server([&](const auto& request) { return request.starts_with("POST") ? index : report; });
        return scan(server);
    }

    auth::StatementKey links_{Secret(std::string(auth::StatementKey::size, 'k'))};
    testing::ManualClock clock_;
    BlockingPool pool_{1};
};

TEST_F(ClairScannerTest, TheImageIsIndexedAndItsReportRead) {
    const ScriptedServer server([](const auto& request) {
        return request.starts_with("POST") ? answer("201 Created", finished) : answer("200 OK", recorded());
    });
    const auto findings = scan(server);
    ASSERT_TRUE(findings) << findings.error().message;
    EXPECT_EQ(findings->findings.front().id, "CVE-2009-5155");
    const auto asked = server.requests();
    ASSERT_EQ(asked.size(), 2);
    EXPECT_TRUE(asked[0].starts_with("POST /indexer/api/v1/index_report HTTP"));
    EXPECT_TRUE(asked[1].starts_with("GET /matcher/api/v1/vulnerability_report/" + target().digest.text() + " HTTP"));
    EXPECT_FALSE(asked[0].contains("Authorization"));
}

TEST_F(ClairScannerTest, EachLayerIsGivenOnceByALinkThatOpensItAlone) {
    const ScriptedServer server([](const auto& request) {
        return request.starts_with("POST") ? answer("201 Created", finished) : answer("200 OK", recorded());
    });
    ASSERT_TRUE(scan(server));
    const auto request = server.requests().at(0);
    const auto manifest = boost::json::parse(request.substr(request.find("\r\n\r\n") + 4));
    EXPECT_EQ(manifest.at("hash").as_string(), target().digest.text());
    const auto& layers = manifest.at("layers").as_array();
    ASSERT_EQ(layers.size(), 2);
    const auto digest = target().layers.front().digest;
    EXPECT_EQ(layers.at(0).at("hash").as_string(), digest.text());
    const std::string uri(layers.at(0).at("uri").as_string());
    EXPECT_TRUE(uri.starts_with("http://berth:5000/v2/team/app/blobs/" + digest.text() + "?")) << uri;
    const auto ticket = percent_decode(uri.substr(uri.find('=') + 1)).value();
    const auto& name = target().repository.name;
    EXPECT_TRUE(auth::verify_download(links_, ticket, name, digest, clock_.now()));
    EXPECT_FALSE(auth::verify_download(links_, ticket, name, model::Digest::of("other"), clock_.now()));
    EXPECT_FALSE(auth::verify_download(links_, ticket, name, digest, clock_.now() + 2h));
}

TEST_F(ClairScannerTest, ARequestIsSignedWithTheSharedKey) {
    const ScriptedServer server([](const auto& request) {
        return request.starts_with("POST") ? answer("201 Created", finished) : answer("200 OK", recorded());
    });
    ASSERT_TRUE(scan(server, Secret("secret")));
    for (const auto& request : server.requests()) {
        const auto expected = bearer(Secret("secret"), "berth", clock_.now());
        EXPECT_TRUE(request.contains("Authorization: " + std::string(expected.reveal()) + "\r\n")) << request;
    }
}

// Worked out by Python's hmac and base64.
TEST(ClairToken, IsAJsonWebToken) {
    const auto token = bearer(Secret("secret"), "berth", Timestamp(1'700'000'000'123ms));
    EXPECT_EQ(token.reveal(),
              "Bearer "
              "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
              "eyJpc3MiOiJiZXJ0aCIsImlhdCI6MTcwMDAwMDAwMCwibmJmIjoxNjk5OTk5OTQwLCJleHAiOjE3MDAwMDAzMDB9.zIt-"
              "tb1tJ1fIsVb967v0pww4vb9CWGJOxKmCwWT_GTs");
}

TEST_F(ClairScannerTest, WaitsForTheIndexAndForTheData) {
    std::atomic<int> calls = 0;
    const ScriptedServer server([&](const auto& request) {
        const int call = ++calls;
        if (request.starts_with("POST")) return answer("201 Created", R"({"state":"FetchLayers"})");
        if (request.contains("/index_report/")) {
            return answer("200 OK", call < 4 ? R"({"state":"ScanLayers"})" : std::string_view(finished));
        }
        return call < 7 ? answer("202 Accepted", "") : answer("201 Created", recorded());
    });
    const auto findings = scan(server);
    ASSERT_TRUE(findings) << findings.error().message;
    EXPECT_EQ(calls, 7);
}

TEST_F(ClairScannerTest, WhatCannotBeSaysWhy) {
    const auto kind = [&](const std::string& index, const std::string& report) {
        const auto result = scan_with(index, report);
        return result ? FaultKind::internal : result.error().kind;
    };
    const auto done = answer("201 Created", finished);
    EXPECT_EQ(kind(answer("201 Created", R"({"state":"IndexError","err":"bad layer"})"), ""),
              FaultKind::invalid_manifest);
    EXPECT_EQ(kind(answer("412 Precondition Failed", "{}"), ""), FaultKind::unavailable);
    EXPECT_EQ(kind(answer("400 Bad Request", R"({"message":"no"})"), ""), FaultKind::invalid_manifest);
    EXPECT_EQ(kind(answer("500 Broken", "{}"), ""), FaultKind::unavailable);
    EXPECT_EQ(kind(answer("401 Unauthorized", "{}"), ""), FaultKind::access_denied);
    EXPECT_EQ(kind(done, answer("404 Not Found", "{}")), FaultKind::unavailable);
    EXPECT_EQ(kind(done, answer("200 OK", "nonsense")), FaultKind::invalid_parameter);
    EXPECT_EQ(kind("HTTP/1.1 201 Created\r\nContent-Length: 10\r\n\r\n{", ""), FaultKind::unavailable);
    const auto words = scan_with(answer("201 Created", R"({"state":"IndexError","err":"bad layer"})"), "");
    EXPECT_TRUE(words.error().message.contains("bad layer"));
}

TEST_F(ClairScannerTest, PatienceEndsAndSoDoesStopping) {
    const ScriptedServer server([](const auto&) { return answer("201 Created", R"({"state":"ScanLayers"})"); });
    ClairScanner impatient(
        {.url = server.url(""), .own_url = {}, .key = {}, .issuer = {}, .poll = 1ms, .patience = 30ms}, links_, clock_,
        pool_);
    EXPECT_EQ(wait_for(impatient.scan(target(), scan::Depth::basic)).error().kind, FaultKind::deadline);
    ClairScanner stopped({.url = server.url(""), .own_url = {}, .key = {}, .issuer = {}, .poll = 1min, .patience = 1h},
                         links_, clock_, pool_);
    stopped.stop();
    EXPECT_EQ(wait_for(stopped.scan(target(), scan::Depth::basic)).error().kind, FaultKind::unavailable);
}

}  // namespace
}  // namespace berth::scanning::clair
