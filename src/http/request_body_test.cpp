// Request bodies and everything a hostile or unlucky client does with them.
#include "base/size.hpp"
#include "http/test_server.hpp"

#include <future>

namespace berth::http {
namespace {

using test::Client;
using test::get;
using test::RunningServer;
using namespace std::chrono_literals;

std::string put(std::string_view headers, std::string_view body = {}) {
    return "PUT /x HTTP/1.1\r\nHost: t\r\n" + std::string(headers) + "\r\n" + std::string(body);
}

// Reads to the end and reports the size and the sum of the bytes; refuses /refuse unread.
Task<Response> measure(Request& request) {
    Response response;
    if (request.path == "/refuse") {
        response.status = 401;
        co_return response;
    }
    std::vector<std::byte> piece(100'000);
    std::uint64_t size = 0;
    std::uint64_t sum = 0;
    for (;;) {
        const auto got = co_await request.body->read_some(piece);
        if (!got) {
            response.status = 422;
            response.body = std::to_string(static_cast<int>(got.error().kind));
            co_return response;
        }
        if (*got == 0) break;
        size += *got;
        for (std::size_t i = 0; i < *got; ++i) sum += std::to_integer<unsigned>(piece[i]);
    }
    response.body = std::to_string(size) + " " + std::to_string(sum);
    co_return response;
}

std::string numbers(std::size_t size) {
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 7 % 251);
    return bytes;
}

std::string measured(std::string_view bytes) {
    std::uint64_t sum = 0;
    for (const char c : bytes) sum += static_cast<unsigned char>(c);
    return std::to_string(bytes.size()) + " " + std::to_string(sum);
}

std::string in_chunks(std::string_view bytes) {
    std::string out;
    std::size_t size = 1;
    while (!bytes.empty()) {
        const auto piece = bytes.substr(0, size);
        char line[32];
        std::snprintf(line, sizeof line, "%zX\r\n", piece.size());
        out += line;
        out += piece;
        out += "\r\n";
        bytes.remove_prefix(piece.size());
        size = size * 3 % 70'001;
    }
    return out + "0\r\n\r\n";
}

TEST(RequestBody, ArrivesWhole) {
    RunningServer server(measure);
    Client client(server->port());
    for (const std::size_t size : {1UL, 5000UL, 100'000UL, 3'000'001UL}) {
        const auto bytes = numbers(size);
        std::jthread sender([&] {
            client.send(put("Content-Length: " + std::to_string(size) + "\r\n", bytes));
            client.send(put("Transfer-Encoding: chunked\r\n", in_chunks(bytes)));
        });
        EXPECT_EQ(client.receive().body, measured(bytes));
        EXPECT_EQ(client.receive().body, measured(bytes));
    }
}

TEST(RequestBody, TakesChunksThatArriveByteByByte) {
    RunningServer server(measure);
    Client client(server->port());
    const auto bytes = numbers(40);
    for (const char c : put("Transfer-Encoding: Chunked\r\n", in_chunks(bytes))) client.send({&c, 1});
    EXPECT_EQ(client.receive().body, measured(bytes));
    EXPECT_EQ(client.ask(get("/")).body, "0 0");
}

TEST(RequestBody, IsInvitedWhenTheHandlerWantsIt) {
    RunningServer server(measure);
    Client client(server->port());
    client.send(put("Content-Length: 3\r\nExpect: 100-Continue\r\n"));
    EXPECT_EQ(client.receive_line(), "HTTP/1.1 100 Continue\r\n");
    EXPECT_EQ(client.receive_line(), "\r\n");
    EXPECT_EQ(client.ask("abc").body, measured("abc"));
    EXPECT_EQ(client.ask(get("/")).status, 200);
}

TEST(RequestBody, IsNotInvitedWhenTheHandlerRefuses) {
    RunningServer server(measure);
    Client client(server->port());
    const auto answer =
        client.ask("PUT /refuse HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(answer.status, 401);
    EXPECT_EQ(answer.header("Connection"), "close");
    client.stop_sending();
    EXPECT_TRUE(client.at_end());
}

TEST(RequestBody, IsDroppedWhenSmallAndUnread) {
    RunningServer server(measure);
    Client client(server->port());
    client.send("PUT /refuse HTTP/1.1\r\nHost: t\r\nContent-Length: 200000\r\n\r\n");
    EXPECT_EQ(client.receive().status, 401);
    client.send(numbers(200'000));
    EXPECT_EQ(
        client.ask("PUT /refuse HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n").status,
        401);
    EXPECT_EQ(client.ask(get("/")).body, "0 0");
}

TEST(RequestBody, TooLargeToDropClosesButTheAnswerArrives) {
    RunningServer server(measure);
    Client client(server->port());
    client.send("PUT /refuse HTTP/1.1\r\nHost: t\r\nContent-Length: 9000000\r\n\r\n");
    client.send(numbers(9'000'000));
    const auto answer = client.receive();
    EXPECT_EQ(answer.status, 401);
    EXPECT_EQ(answer.header("Connection"), "close");
    client.stop_sending();
    EXPECT_TRUE(client.at_end());
}

TEST(RequestBody, OfAVanishingClientFails) {
    std::promise<FaultKind> seen;
    RunningServer server([&](Request& request) -> Task<Response> {
        const auto all = co_await read_all(*request.body, 1000);
        seen.set_value(all ? FaultKind::internal : all.error().kind);
        co_return Response{};
    });
    Client client(server->port());
    client.send(put("Content-Length: 500\r\n", "only this"));
    client.reset();
    EXPECT_EQ(seen.get_future().get(), FaultKind::size_mismatch);
}

TEST(RequestBody, ShorterThanAnnouncedFails) {
    RunningServer server(measure);
    for (const auto* request : {"Content-Length: 5\r\n\r\nabc", "Transfer-Encoding: chunked\r\n\r\n5\r\nabc",
                                "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"}) {
        Client client(server->port());
        client.send("PUT /x HTTP/1.1\r\nHost: t\r\n" + std::string(request));
        client.stop_sending();
        const auto answer = client.receive();
        EXPECT_EQ(answer.status, 422);
        EXPECT_EQ(answer.body, std::to_string(static_cast<int>(FaultKind::size_mismatch)));
        EXPECT_EQ(answer.header("Connection"), "close");
        EXPECT_TRUE(client.at_end());
    }
}

Task<Response> decline(Request& /*request*/) {
    Response response;
    response.status = 413;
    response.close = true;
    co_return response;
}

TEST(RequestBody, ThatNobodyWantsIsLetInForAWhile) {
    RunningServer server(decline);
    const std::string body(40_MiB, 'x');
    Client client(server->port());
    client.send(put("Content-Length: " + std::to_string(body.size()) + "\r\n", body));  // all, before it reads
    EXPECT_EQ(client.receive().status, 413);
    client.stop_sending();
    EXPECT_TRUE(client.at_end());
}

TEST(RequestBody, WithBrokenChunksIsRefused) {
    RunningServer server(measure);
    for (const auto& chunks :
         {std::string("x\r\n"), std::string("3\r\nabcd\r\n0\r\n\r\n"), std::string("-1\r\n"),
          std::string("3\nabc\r\n0\r\n\r\n"), std::string("FFFFFFFFFFFFFFFFFF\r\n"),
          "1;" + std::string(300, 'e') + "\r\na\r\n0\r\n\r\n", "0\r\nT: " + std::string(20'000, 't') + "\r\n\r\n"}) {
        Client client(server->port());
        const auto answer = client.ask(put("Transfer-Encoding: chunked\r\n", chunks));
        EXPECT_EQ(answer.status, 400) << chunks.substr(0, 20);
        client.stop_sending();
        EXPECT_TRUE(client.at_end());
    }
}

ServerOptions impatient() {
    ServerOptions options;
    options.limits.header_timeout = 150ms;
    options.limits.idle_timeout = 150ms;
    options.limits.stall_timeout = 150ms;
    return options;
}

TEST(SlowClient, OfAHeaderGets408) {
    RunningServer server(measure, impatient());
    Client client(server->port());
    client.send("GET / HTTP/1.1\r\nHo");
    EXPECT_EQ(client.receive().status, 408);
    EXPECT_TRUE(client.at_end());
}

TEST(SlowClient, ThatSaysNothingIsClosedWithoutAWord) {
    RunningServer server(measure, impatient());
    Client client(server->port());
    EXPECT_TRUE(client.at_end());
    Client idle(server->port());
    EXPECT_EQ(idle.ask(get("/")).status, 200);
    EXPECT_TRUE(idle.at_end());
}

TEST(SlowClient, OfABodyGets408) {
    RunningServer server(measure, impatient());
    for (const auto* headers : {"Content-Length: 10\r\n", "Transfer-Encoding: chunked\r\n"}) {
        Client client(server->port());
        client.send(put(headers, "3\r\n"));
        EXPECT_EQ(client.receive().status, 408);
        EXPECT_TRUE(client.at_end());
    }
}

TEST(SlowClient, ThatDripsABodyGets408) {
    auto options = impatient();
    options.limits.stall_timeout = 300ms;
    options.limits.min_body_bytes_per_second = 1000;
    RunningServer server(measure, options);
    Client client(server->port());
    client.send(put("Content-Length: 100000\r\n"));
    std::atomic<bool> answered = false;
    std::jthread dripping([&] {
        while (!answered) {
            client.send("x");
            std::this_thread::sleep_for(20ms);  // the drip itself; the test waits for the answer, not for time
        }
    });
    EXPECT_EQ(client.receive().status, 408);
    answered = true;
}

TEST(SlowClient, ThatDoesNotReadItsAnswerIsDropped) {
    auto options = impatient();
    std::promise<std::uint64_t> sent;
    options.observer = [&](const Answered& answered) { sent.set_value(answered.body_bytes); };
    RunningServer server(
        [](Request&) -> Task<Response> {
            Response response;
            response.body = std::string(100 << 20, 'x');
            co_return response;
        },
        options);
    Client client(server->port());
    client.send(get("/"));
    EXPECT_EQ(sent.get_future().get(), 0);
}

}  // namespace
}  // namespace berth::http
