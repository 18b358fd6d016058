#include "client/http.hpp"

#include "client/url.hpp"
#include "testing/scripted_server.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace berth::client {
namespace {

using namespace std::chrono_literals;
using testing::answer;
using testing::ScriptedServer;

TEST(Url, AnOriginIsSchemeHostAndPort) {
    EXPECT_EQ(origin_of("http://localhost:5000/a?b").value().text, "http://localhost:5000");
    EXPECT_EQ(origin_of("https://example.org:443/").value().text, "https://example.org");
    EXPECT_EQ(origin_of("http://[::1]:5000").value().authority, "[::1]:5000");
    EXPECT_EQ(origin_of("http://a:80/x"), origin_of("http://a/y"));
    EXPECT_NE(origin_of("http://a/"), origin_of("https://a/"));
    for (const auto* bad : {"", "localhost:5000", "ftp://a/", "file:///etc/passwd", "http://user:pw@a/", "http://"}) {
        EXPECT_FALSE(origin_of(bad)) << bad;
    }
}

TEST(Url, ARedirectIsResolvedAgainstItsBase) {
    EXPECT_EQ(resolve("http://a/x/y", "z"), "http://a/x/z");
    EXPECT_EQ(resolve("http://a/x/y", "//b/z"), "http://b/z");
    EXPECT_FALSE(resolve("http://a/", "file:///etc/passwd"));
    EXPECT_FALSE(resolve("http://a/", "gopher://a/"));
}

TEST(Http, SendsARequestAndReadsTheAnswer) {
    ScriptedServer server(
        [](const auto&) { return "HTTP/1.1 100 Continue\r\n\r\n" + answer("418 No", "words", "X-Some:  thing \r\n"); });
    HttpClient client;
    const auto got = client.send({.method = "POST",
                                  .url = server.url("/path?q=1"),
                                  .headers = {{"X-Custom", "value"}},
                                  .credentials = {{"Authorization", "secret"}},
                                  .body = "body"});
    ASSERT_TRUE(got) << got.error().message;
    EXPECT_EQ(got->status, 418);
    EXPECT_EQ(got->body, "words");
    EXPECT_EQ(got->header("x-some"), "thing");
    EXPECT_EQ(got->header("x-none"), std::nullopt);
    const auto asked = server.requests().at(0);
    EXPECT_TRUE(asked.starts_with("POST /path?q=1 HTTP/1.1\r\n")) << asked;
    EXPECT_NE(asked.find("X-Custom: value\r\n"), std::string::npos);
    EXPECT_NE(asked.find("Authorization: secret\r\n"), std::string::npos);
    EXPECT_TRUE(asked.ends_with("\r\n\r\nbody"));
    EXPECT_EQ(asked.find("Expect"), std::string::npos);
}

TEST(Http, AnAnswerHasALongestBodyAndLongestHeaders) {
    HttpClient client({.answer_bytes = 10, .header_bytes = 1000});
    ScriptedServer fits([](const auto&) { return answer("200 OK", "0123456789"); });
    EXPECT_EQ(client.send({.url = fits.url()}).value().body, "0123456789");
    ScriptedServer long_body([](const auto&) { return answer("200 OK", "0123456789x"); });
    EXPECT_EQ(client.send({.url = long_body.url()}).error().kind, FaultKind::too_large);
    ScriptedServer long_head(
        [](const auto&) { return answer("200 OK", "", "X-Long: " + std::string(1000, 'x') + "\r\n"); });
    EXPECT_EQ(client.send({.url = long_head.url()}).error().kind, FaultKind::too_large);
}

TEST(Http, CredentialsGoToTheFirstOriginOnly) {
    ScriptedServer other([](const auto&) { return answer("200 OK", "there"); });
    ScriptedServer first([&](const std::string& request) {
        if (request.starts_with("GET /here ")) return answer("302 Found", "moved", "Location: /again\r\n");
        return answer("307 Temporary", "moved", "Location: " + other.url("/x") + "\r\n");
    });
    HttpClient client;
    const auto got = client.send(
        {.url = first.url("/here"), .headers = {{"X-Plain", "1"}}, .credentials = {{"X-Secret", "s3cret"}}});
    ASSERT_TRUE(got) << got.error().message;
    EXPECT_EQ(got->body, "there");
    ASSERT_EQ(first.requests().size(), 2U);
    EXPECT_NE(first.requests()[1].find("X-Secret"), std::string::npos) << "the same origin";
    ASSERT_EQ(other.requests().size(), 1U);
    EXPECT_EQ(other.requests()[0].find("X-Secret"), std::string::npos);
    EXPECT_NE(other.requests()[0].find("X-Plain"), std::string::npos);
}

TEST(Http, RedirectsEnd) {
    ScriptedServer circle([](const auto&) { return answer("302 Found", "", "Location: /\r\n"); });
    HttpClient client({.redirects = 3});
    EXPECT_EQ(client.send({.url = circle.url()}).error().kind, FaultKind::unavailable);
    EXPECT_EQ(circle.requests().size(), 4U);
    ScriptedServer local([](const auto&) { return answer("302 Found", "", "Location: file:///etc/passwd\r\n"); });
    EXPECT_EQ(client.send({.url = local.url()}).error().kind, FaultKind::unavailable);
    EXPECT_EQ(client.send({.method = "POST", .url = local.url()}).value().status, 302) << "a POST is not sent twice";
}

TEST(Http, FailuresAreToldApart) {
    HttpClient client({.timeout = 200ms});
    EXPECT_EQ(client.send({.url = "http://127.0.0.1:1/"}).error().kind, FaultKind::unavailable);
    EXPECT_EQ(client.send({.url = "file:///etc/passwd"}).error().kind, FaultKind::invalid_parameter);
    EXPECT_EQ(client.send({.url = "http://127.0.0.1/", .headers = {{"A", "b\r\nC: d"}}}).error().kind,
              FaultKind::invalid_parameter);
    ScriptedServer cut([](const auto&) { return std::string("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort"); });
    EXPECT_EQ(client.send({.url = cut.url()}).error().kind, FaultKind::unavailable);
    ScriptedServer slow([](const auto&) {
        std::this_thread::sleep_for(600ms);
        return answer("200 OK", "late");
    });
    EXPECT_EQ(client.send({.url = slow.url()}).error().kind, FaultKind::deadline);
}

TEST(Http, TheEnvironmentsProxyIsIgnored) {
    ::setenv("http_proxy", "http://127.0.0.1:1", 1);  // NOLINT(concurrency-mt-unsafe)
    ::setenv("ALL_PROXY", "http://127.0.0.1:1", 1);   // NOLINT(concurrency-mt-unsafe)
    ScriptedServer server([](const auto&) { return answer("200 OK", "direct"); });
    HttpClient client;
    const auto got = client.send({.url = server.url()});
    ::unsetenv("http_proxy");  // NOLINT(concurrency-mt-unsafe)
    ::unsetenv("ALL_PROXY");   // NOLINT(concurrency-mt-unsafe)
    ASSERT_TRUE(got) << got.error().message;
    EXPECT_EQ(got->body, "direct");
}

TEST(Http, AProxyIsUsedWhenGiven) {
    ScriptedServer proxy([](const auto&) { return answer("200 OK", "by proxy"); });
    HttpClient client({.proxy = proxy.url()});
    EXPECT_EQ(client.send({.url = "http://registry.invalid/x"}).value().body, "by proxy");
    EXPECT_TRUE(proxy.requests().at(0).starts_with("GET http://registry.invalid/x "));
}

}  // namespace
}  // namespace berth::client
