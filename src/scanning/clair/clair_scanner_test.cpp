#include "scanning/clair/clair_scanner.hpp"

#include "auth/download_link.hpp"
#include "base/encoding.hpp"
#include "scanning/clair/state.hpp"
#include "scanning/clair/token.hpp"
#include "testing/manual_clock.hpp"
#include "testing/run.hpp"
#include "testing/scripted_server.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <functional>
#include <iterator>
#include <optional>
#include <thread>

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
const std::string index_state = R"({"state":"aae368a064d7c5a433d0bf2c4f5554cc"})";
const std::string updates =
    R"({"debian/updater":[{"ref":"3f2504e0-4f89-11d3-9a0c-0305e82c3301","updater":"debian/updater",
    "fingerprint":"","date":"2025-02-12T10:00:00.5Z","kind":"vulnerability"}]})";

// What Clair says of itself, and for the rest what the test says.
ScriptedServer::Script with_state(std::function<std::string(const std::string& request)> rest) {
    return [rest = std::move(rest)](const std::string& request) {
        if (request.starts_with("GET /indexer/api/v1/index_state ")) return answer("200 OK", index_state);
        if (request.starts_with("GET /matcher/api/v1/internal/update_operation?latest=true ")) {
            return answer("200 OK", updates);
        }
        return rest(request);
    };
}

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
                              .ca_file = {},
                              .poll = 1ms,
                              .patience = 5s},
                             links_, clock_, pool_);
        return wait_for(scanner.scan(target(), scan::Depth::enhanced));
    }
    // What a Clair says that always answers the same.
    Result<scan::Findings> scan_with(const std::string& index, const std::string& report) {
        const ScriptedServer server(
            with_state([&](const auto& request) { return request.starts_with("POST") ? index : report; }));
        return scan(server);
    }

    auth::StatementKey links_{Secret(std::string(auth::StatementKey::size, 'k'))};
    testing::ManualClock clock_;
    BlockingPool pool_{1};
};

TEST_F(ClairScannerTest, TheImageIsIndexedAndItsReportRead) {
    const ScriptedServer server(with_state([](const auto& request) {
        return request.starts_with("POST") ? answer("201 Created", finished) : answer("200 OK", recorded());
    }));
    const auto findings = scan(server);
    ASSERT_TRUE(findings) << findings.error().message;
    EXPECT_EQ(findings->findings.front().id, "CVE-2009-5155");
    const auto asked = server.requests();
    ASSERT_EQ(asked.size(), 4);
    EXPECT_TRUE(asked[2].starts_with("POST /indexer/api/v1/index_report HTTP"));
    EXPECT_TRUE(asked[3].starts_with("GET /matcher/api/v1/vulnerability_report/" + target().digest.text() + " HTTP"));
    EXPECT_FALSE(asked[0].contains("Authorization"));
}

TEST_F(ClairScannerTest, EachLayerIsGivenOnceByALinkThatOpensItAlone) {
    const ScriptedServer server(with_state([](const auto& request) {
        return request.starts_with("POST") ? answer("201 Created", finished) : answer("200 OK", recorded());
    }));
    ASSERT_TRUE(scan(server));
    const auto request = server.requests().at(2);
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
    const ScriptedServer server(with_state([](const auto& request) {
        return request.starts_with("POST") ? answer("201 Created", finished) : answer("200 OK", recorded());
    }));
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
    const ScriptedServer server(with_state([&](const auto& request) {
        const int call = ++calls;
        if (request.starts_with("POST")) return answer("201 Created", R"({"state":"FetchLayers"})");
        if (request.contains("/index_report/")) {
            return answer("200 OK", call < 4 ? R"({"state":"ScanLayers"})" : std::string_view(finished));
        }
        return call < 7 ? answer("202 Accepted", "") : answer("201 Created", recorded());
    }));
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
    for (const auto* passing : {"502 Bad Gateway", "503 Service Unavailable", "504 Gateway Timeout",
                                "408 Request Timeout", "429 Too Many Requests"})
        EXPECT_EQ(kind(answer(passing, "{}"), ""), FaultKind::unavailable) << passing;
    EXPECT_EQ(kind(answer("401 Unauthorized", "{}"), ""), FaultKind::unavailable);
    EXPECT_EQ(kind(answer("201 Created", "<html>"), ""), FaultKind::unavailable);
    EXPECT_EQ(kind(done, answer("404 Not Found", "{}")), FaultKind::unavailable);
    EXPECT_EQ(kind(done, answer("200 OK", "nonsense")), FaultKind::unavailable);
    EXPECT_EQ(kind("HTTP/1.1 201 Created\r\nContent-Length: 10\r\n\r\n{", ""), FaultKind::unavailable);
    const auto words = scan_with(answer("201 Created", R"({"state":"IndexError","err":"bad layer"})"), "");
    EXPECT_TRUE(words.error().message.contains("bad layer"));
}

TEST_F(ClairScannerTest, PatienceEndsAndSoDoesStopping) {
    const ScriptedServer server(
        with_state([](const auto&) { return answer("201 Created", R"({"state":"ScanLayers"})"); }));
    ClairScanner impatient(
        {.url = server.url(""), .own_url = {}, .key = {}, .issuer = {}, .ca_file = {}, .poll = 1ms, .patience = 100ms},
        links_, clock_, pool_);
    const auto late = wait_for(impatient.scan(target(), scan::Depth::basic));
    ASSERT_FALSE(late);
    // Clair may be faster another time.
    EXPECT_EQ(late.error().kind, FaultKind::unavailable);
    EXPECT_EQ(late.error().message, "Clair has no report of the image after 1 s");
    ClairScanner stopped(
        {.url = server.url(""), .own_url = {}, .key = {}, .issuer = {}, .ca_file = {}, .poll = 1min, .patience = 1h},
        links_, clock_, pool_);
    stopped.stop();
    EXPECT_EQ(wait_for(stopped.scan(target(), scan::Depth::basic)).error().kind, FaultKind::unavailable);
}

// Clair answers when it has read all layers: stopping must not wait for that.
TEST_F(ClairScannerTest, StoppingBreaksOffARequest) {
    std::atomic<bool> asked = false;
    std::atomic<bool> done = false;
    const ScriptedServer server(with_state([&](const auto&) {
        asked = true;
        asked.notify_all();
        done.wait(false);
        return answer("201 Created", finished);
    }));
    ClairScanner scanner(
        {.url = server.url(""), .own_url = {}, .key = {}, .issuer = {}, .ca_file = {}, .poll = 1ms, .patience = 1h},
        links_, clock_, pool_);
    std::jthread stopper([&] {
        asked.wait(false);
        scanner.stop();
    });
    const auto broken_off = wait_for(scanner.scan(target(), scan::Depth::basic));
    done = true;
    done.notify_all();
    ASSERT_FALSE(broken_off);
    EXPECT_EQ(broken_off.error().kind, FaultKind::unavailable);
}

// Nothing at all comes back within the time that an image may take.
TEST_F(ClairScannerTest, ARequestWithoutAnAnswerMayPass) {
    std::atomic<bool> done = false;
    const ScriptedServer server(with_state([&](const auto&) {
        done.wait(false);
        return std::string();
    }));
    ClairScanner scanner(
        {.url = server.url(""), .own_url = {}, .key = {}, .issuer = {}, .ca_file = {}, .poll = 1ms, .patience = 200ms},
        links_, clock_, pool_);
    const auto late = wait_for(scanner.scan(target(), scan::Depth::basic));
    done = true;
    done.notify_all();
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().kind, FaultKind::unavailable);
    EXPECT_EQ(late.error().message, "Clair has no report of the image after 1 s");
}

TEST_F(ClairScannerTest, AFailedConnectionMayPass) {
    ClairScanner scanner({.url = "http://127.0.0.1:1",
                          .own_url = {},
                          .key = {},
                          .issuer = {},
                          .ca_file = {},
                          .poll = 1ms,
                          .patience = 5s},
                         links_, clock_, pool_);
    const auto failed = wait_for(scanner.scan(target(), scan::Depth::basic));
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().kind, FaultKind::unavailable);
    EXPECT_TRUE(failed.error().message.starts_with("no answer from Clair: ")) << failed.error().message;
}

TEST_F(ClairScannerTest, FindingsSayWhatTheyAreOf) {
    const auto findings = scan_with(answer("201 Created", finished), answer("200 OK", recorded()));
    ASSERT_TRUE(findings);
    EXPECT_EQ(findings->database.generation, state_of(index_state, updates, "").value().generation);
    EXPECT_EQ(findings->database.newest_record_at, 1'739'354'400'500);
}

TEST(ClairState, ChangesWithUpdatesAndWithTheIndexer) {
    const auto generation = [](std::string_view index, std::optional<std::string_view> operations,
                               std::string_view day = "1") {
        return state_of(index, operations, day).value().generation;
    };
    const auto now = generation(index_state, updates);
    EXPECT_TRUE(now.starts_with("clair-"));
    EXPECT_EQ(generation(index_state, updates, "2"), now);
    auto later = updates;
    later.replace(later.find("3f25"), 4, "4f25");
    EXPECT_NE(generation(index_state, later), now);
    EXPECT_NE(generation(R"({"state":"other"})", updates), now);
    // The order of the updaters says nothing.
    EXPECT_EQ(generation(index_state, R"({"a":[{"ref":"1"}],"b":[{"ref":"2"}]})"),
              generation(index_state, R"({"b":[{"ref":"2"}],"a":[{"ref":"1"}]})"));
    // Where Clair does not tell, another day is another state.
    EXPECT_EQ(generation(index_state, std::nullopt), generation(index_state, std::nullopt));
    EXPECT_NE(generation(index_state, std::nullopt), generation(index_state, std::nullopt, "2"));
    EXPECT_FALSE(state_of("[]", updates, ""));
    EXPECT_FALSE(state_of("{}", updates, ""));
    EXPECT_FALSE(state_of(index_state, "nonsense", ""));
    EXPECT_TRUE(state_of(index_state, R"({"a":1,"b":[],"c":[2]})", ""));
}

}  // namespace
}  // namespace berth::scanning::clair
