// Requests that must not get through: ambiguous, malformed, oversized.
#include "http/test_server.hpp"

#include <tuple>

namespace berth::http {
namespace {

using test::Client;
using test::get;
using test::RunningServer;

Task<Response> ok(Request& /*request*/) {
    co_return Response{};
}

struct Case {
    const char* name;
    int status;
    std::string request;
};

class Hostile : public testing::TestWithParam<Case> {};

TEST_P(Hostile, IsRefusedAndTheConnectionCloses) {
    RunningServer server(ok);
    Client client(server->port());
    const auto answer = client.ask(GetParam().request);
    EXPECT_EQ(answer.status, GetParam().status);
    EXPECT_EQ(answer.header("Connection"), "close");
    EXPECT_EQ(answer.body, "");
    client.stop_sending();
    EXPECT_TRUE(client.at_end());
}

std::string with(std::string_view headers) {
    return "POST / HTTP/1.1\r\nHost: t\r\n" + std::string(headers) + "\r\n";
}
std::string line(std::string_view start) {
    return std::string(start) + "\r\nHost: t\r\n\r\n";
}

std::vector<Case> cases() {
    std::string many;
    for (int i = 0; i < 300; ++i) many += "A: b\r\n";
    return {
        {"LengthThenEncoding", 400, with("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n")},
        {"EncodingThenLength", 400, with("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n")},
        {"TwoLengths", 400, with("Content-Length: 3\r\nContent-Length: 4\r\n")},
        {"TwoEqualLengths", 400, with("Content-Length: 3\r\nContent-Length: 3\r\n")},
        {"LengthList", 400, with("Content-Length: 3, 3\r\n")},
        {"NegativeLength", 400, with("Content-Length: -1\r\n")},
        {"PlusLength", 400, with("Content-Length: +1\r\n")},
        {"HexLength", 400, with("Content-Length: 0x10\r\n")},
        {"EmptyLength", 400, with("Content-Length:\r\n")},
        {"HugeLength", 400, with("Content-Length: 99999999999999999999\r\n")},
        {"TwoEncodings", 400, with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")},
        {"UnknownEncoding", 501, with("Transfer-Encoding: gzip\r\n")},
        {"EncodingList", 501, with("Transfer-Encoding: gzip, chunked\r\n")},
        {"ChunkedNotLast", 501, with("Transfer-Encoding: chunked, identity\r\n")},
        {"EncodingInHttp10", 400, "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"},
        {"UnknownExpectation", 417, with("Expect: 200-maybe\r\n")},
        {"Folding", 400, with("X: a\r\n b\r\n")},
        {"FoldedNothing", 400, with("X:\r\n \r\n")},
        {"FoldedFirst", 400, with(" X: a\r\n")},
        {"SpaceBeforeColon", 400, with("X : a\r\n")},
        {"SpaceInName", 400, with("X Y: a\r\n")},
        {"NoName", 400, with(": a\r\n")},
        {"NoColon", 400, with("abc\r\n")},
        {"NulInValue", 400, with(std::string("X: a\0b\r\n", 8))},
        {"BareReturnInValue", 400, with("X: a\rb\r\n")},
        {"BareNewlines", 400, "GET / HTTP/1.1\nHost: t\n\n\r\n\r\n"},
        {"TooManyFields", 431, with(many)},
        {"TooLong", 431, with("X: " + std::string(70'000, 'x') + "\r\n")},
        {"EndlessTarget", 431, "GET /" + std::string(70'000, 'x')},
        {"NoHost", 400, "GET / HTTP/1.1\r\n\r\n"},
        {"TwoHosts", 400, "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"},
        {"TwoAuthorizations", 400, with("Authorization: Basic YTpi\r\nauthorization: Basic YTpi\r\n")},
        {"Http09", 400, line("GET /")},
        {"Http2", 400, line("GET / HTTP/2.0")},
        {"Http2Preface", 400, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
        {"Http12", 400, line("GET / HTTP/1.2")},
        {"AbsoluteTarget", 400, line("GET http://t/ HTTP/1.1")},
        {"AuthorityTarget", 400, line("CONNECT t:80 HTTP/1.1")},
        {"AsteriskTarget", 400, line("OPTIONS * HTTP/1.1")},
        {"FragmentInTarget", 400, line("GET /a#b HTTP/1.1")},
        {"SpaceInTarget", 400, line("GET /a b HTTP/1.1")},
        {"ByteInTarget", 400, line("GET /\xC3\xA4 HTTP/1.1")},
        {"TlsHello", 400, std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc", 9)},
    };
}

INSTANTIATE_TEST_SUITE_P(All, Hostile, testing::ValuesIn(cases()), [](const auto& test) { return test.param.name; });

TEST(Smuggling, WhatFollowsARefusedRequestIsNeverAnswered) {
    RunningServer server(ok);
    Client client(server->port());
    client.send(with("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n" + get("/smuggled"));
    EXPECT_EQ(client.receive().status, 400);
    client.stop_sending();
    EXPECT_TRUE(client.at_end());
}

TEST(Limits, AHeaderOfExactlyTheLimitIsTaken) {
    ServerOptions options;
    options.limits.header_bytes = 1000;
    RunningServer server(ok, options);
    const auto frame = get("/", "X: \r\n").size();
    Client client(server->port());
    EXPECT_EQ(client.ask(get("/", "X: " + std::string(1000 - frame, 'x') + "\r\n")).status, 200);
    EXPECT_EQ(client.ask(get("/", "X: " + std::string(1001 - frame, 'x') + "\r\n")).status, 431);
}

}  // namespace
}  // namespace berth::http
