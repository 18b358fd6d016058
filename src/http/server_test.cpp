// The server as a client sees it: requests, answers, keep-alive, draining.
#include "http/server.hpp"

#include "http/test_server.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <atomic>
#include <future>
#include <mutex>
#include <set>
#include <stdexcept>

namespace berth::http {
namespace {

using test::Answer;
using test::Client;
using test::get;
using test::RunningServer;
using namespace std::chrono_literals;

// Answers with what it was asked, so that a test can see what arrived.
Task<Response> echo(Request& request) {
    const auto body = co_await read_all(*request.body, 1 << 20);
    Response response;
    if (!body) {
        response.status = 422;
        response.body = body.error().message;
        co_return response;
    }
    response.set("X-Request-Id", std::string(request.request_id));
    response.body = std::string(request.method_text) + " " + std::string(request.path) + " [" + *body + "]";
    co_return response;
}

TEST(Server, AnswersOneRequestAfterAnotherOnOneConnection) {
    RunningServer server(echo);
    Client client(server->port());
    for (int i = 0; i < 100; ++i) {
        const auto answer = client.ask(get("/" + std::to_string(i) + "?q"));
        ASSERT_EQ(answer.status, 200);
        EXPECT_EQ(answer.body, "GET /" + std::to_string(i) + " []");
        EXPECT_EQ(answer.header("Server"), "Berth");
        EXPECT_TRUE(answer.header("Date"));
        EXPECT_FALSE(answer.header("Connection"));
    }
    const auto statistics = server->statistics();
    EXPECT_EQ(statistics.connections_accepted, 1);
    EXPECT_EQ(statistics.connections_open, 1);
    EXPECT_GE(statistics.requests, 99);
    EXPECT_GT(statistics.bytes_in, 0);
    EXPECT_GT(statistics.bytes_out, 0);
}

TEST(Server, AnswersPipelinedRequestsInOrder) {
    RunningServer server(echo);
    Client client(server->port());
    std::string all;
    for (int i = 0; i < 2000; ++i) {
        const auto n = std::to_string(i);
        switch (i % 3) {
            case 0:
                all += get("/" + n);
                break;
            case 1:
                all += "PUT /" + n + " HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\n\r\nab\r\nc";
                break;
            default:
                all += "PUT /" + n +
                       " HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n"
                       "3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nX-Trailer: 1\r\n\r\n";
        }
    }
    std::jthread sender([&] { client.send(all); });
    for (int i = 0; i < 2000; ++i) {
        static constexpr std::array<const char*, 3> bodies{"[]", "[ab\r\nc]", "[abcde]"};
        const auto answer = client.receive();
        ASSERT_EQ(answer.status, 200) << i;
        ASSERT_EQ(answer.body, std::string(i % 3 == 0 ? "GET" : "PUT") + " /" + std::to_string(i) + " " +
                                   bodies[static_cast<std::size_t>(i % 3)]);
    }
}

TEST(Server, ForgivesEmptyLinesBetweenRequests) {
    RunningServer server(echo);
    Client client(server->port());
    EXPECT_EQ(client.ask("\r\n\r\n" + get("/a") + "\r\n" + get("/b")).body, "GET /a []");
    EXPECT_EQ(client.receive().body, "GET /b []");
}

TEST(Server, TakesAHeaderThatArrivesByteByByte) {
    RunningServer server(echo);
    Client client(server->port());
    for (const char c : get("/slowly", "X: " + std::string(300, 'y') + "\r\n")) client.send({&c, 1});
    EXPECT_EQ(client.receive().body, "GET /slowly []");
}

TEST(Server, KeepsAnHttp10ConnectionOnlyWhenAsked) {
    RunningServer server(echo);
    Client lasting(server->port());
    for (int i = 0; i < 2; ++i) {
        const auto answer = lasting.ask("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        EXPECT_EQ(answer.status, 200);
        EXPECT_EQ(answer.header("Connection"), "keep-alive");
    }
    Client once(server->port());
    EXPECT_EQ(once.ask("GET / HTTP/1.0\r\n\r\n").header("Connection"), "close");
    EXPECT_TRUE(once.at_end());
}

TEST(Server, ClosesWhenTheClientAsks) {
    RunningServer server(echo);
    Client client(server->port());
    EXPECT_EQ(client.ask(get("/", "Connection: foo, Close\r\n")).header("Connection"), "close");
    EXPECT_TRUE(client.at_end());
}

TEST(Server, AnswersNothingBehindTheLastRequestAndStillDeliversItsAnswer) {
    RunningServer server(echo);
    Client client(server->port());
    client.send(get("/last", "Connection: close\r\n") + get("/behind"));
    EXPECT_EQ(client.receive().body, "GET /last []");
    client.stop_sending();
    EXPECT_TRUE(client.at_end());
}

TEST(Server, GivesEachRequestAnIdOfItsOwn) {
    RunningServer server(echo);
    Client client(server->port());
    std::set<std::string> ids;
    for (int i = 0; i < 50; ++i) ids.insert(client.ask(get("/")).header("X-Request-Id").value());
    EXPECT_EQ(ids.size(), 50);
    for (const auto& id : ids) {
        ASSERT_EQ(id.size(), 36);
        EXPECT_EQ(id[14], '4');
        EXPECT_NE(std::string("89ab").find(id[19]), std::string::npos);
    }
}

Task<Response> bodiless(Request& request) {
    Response response;
    if (request.path == "/204") response.status = 204;
    if (request.path == "/304") response.status = 304;
    if (request.path == "/length") response.head_length = 12345;
    response.body = std::string("content");
    co_return response;
}

TEST(Server, SendsNoBodyWhereNoneMayBe) {
    RunningServer server(bodiless);
    Client client(server->port());
    const auto none = client.ask(get("/204"));
    EXPECT_EQ(none.status, 204);
    EXPECT_FALSE(none.header("Content-Length"));
    EXPECT_EQ(client.ask(get("/304")).status, 304);
    EXPECT_EQ(client.ask("HEAD / HTTP/1.1\r\nHost: t\r\n\r\n", "HEAD").header("Content-Length"), "7");
    EXPECT_EQ(client.ask("HEAD /length HTTP/1.1\r\nHost: t\r\n\r\n", "HEAD").header("Content-Length"), "12345");
    EXPECT_EQ(client.ask(get("/")).body, "content");  // nothing stood between
}

Task<Response> misbehave(Request& request) {
    if (request.path == "/throw") throw std::runtime_error("broken");
    Response response;
    if (request.path == "/split") response.set("Location", "/x\r\nSet-Cookie: evil=1");
    if (request.path == "/name") response.set("Bad Name", "x");
    if (request.path == "/status") response.status = 100;
    if (request.path == "/stream") response.body = StreamBody{.source = nullptr, .length = 5};
    co_return response;
}

TEST(Server, LetsItsOwnRefusalsBeWorded) {
    ServerOptions options;
    options.limits.header_bytes = 200;
    options.refuse = [](const Refused& refused) {
        Response response;
        response.set("X-Target", std::string(refused.target));
        response.body = std::to_string(refused.status);
        if (refused.hint == Refused::Hint::not_http) response.body = std::string("no HTTP");
        return response;
    };
    RunningServer server(echo, options);
    const auto refused = [&](const std::string& bytes) { return Client(server->port()).ask(bytes); };

    const auto two_lengths =
        refused("POST /v2/x HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n");
    EXPECT_EQ(two_lengths.status, 400);
    EXPECT_EQ(two_lengths.body, "400");
    EXPECT_EQ(two_lengths.header("X-Target"), "/v2/x");
    const auto too_long = refused("GET /v2/y?n=1 HTTP/1.1\r\nX: " + std::string(300, 'x') + "\r\n\r\n");
    EXPECT_EQ(too_long.status, 431);
    EXPECT_EQ(too_long.header("X-Target"), "/v2/y?n=1");
    const auto hello = refused("\x16\x03\x01");
    EXPECT_EQ(hello.header("X-Target"), "");
    EXPECT_EQ(hello.body, "no HTTP");
    const auto broken_chunk = refused("POST /v2/z HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");
    EXPECT_EQ(broken_chunk.status, 400);
    EXPECT_EQ(broken_chunk.body, "400");
    EXPECT_EQ(broken_chunk.header("Connection"), "close");
}

TEST(Server, AnswersABrokenHandlerWith500) {
    RunningServer server(misbehave);
    Client client(server->port());
    const auto answer = client.ask(get("/throw"));
    EXPECT_EQ(answer.status, 500);
    EXPECT_EQ(answer.body, "");
    EXPECT_EQ(client.ask(get("/fine")).status, 200);  // the connection lives on
}

TEST(Server, NeverLetsABadAnswerOut) {
    RunningServer server(misbehave);
    for (const auto* path : {"/split", "/name", "/status", "/stream"}) {
        Client client(server->port());
        const auto answer = client.ask(get(path));
        EXPECT_EQ(answer.status, 500) << path;
        EXPECT_FALSE(answer.header("Set-Cookie"));
        EXPECT_TRUE(client.at_end());
    }
}

TEST(Server, TellsTheObserverOfEachAnswer) {
    std::mutex mutex;
    std::vector<std::string> seen;
    ServerOptions options;
    options.observer = [&](const Answered& answered) {
        const std::lock_guard lock(mutex);
        seen.push_back(std::string(answered.method) + " " + std::string(answered.target) + " " +
                       std::string(answered.peer) + " " + std::to_string(answered.status) + " " +
                       std::to_string(answered.body_bytes));
    };
    {
        RunningServer server(echo, std::move(options));
        Client client(server->port());
        client.ask(get("/a?b"));
        client.ask("nonsense\r\n\r\n");
        EXPECT_TRUE(client.at_end());
    }
    EXPECT_EQ(seen, (std::vector<std::string>{"GET /a?b 127.0.0.1 200 9", "  127.0.0.1 400 0"}));
}

TEST(Server, ServesManyConnectionsAtOnce) {
    RunningServer server(echo);
    std::vector<std::unique_ptr<Client>> clients;
    for (int i = 0; i < 300; ++i) clients.push_back(std::make_unique<Client>(server->port()));
    for (int round = 0; round < 3; ++round) {
        for (auto& client : clients) client->send(get("/x"));
        for (auto& client : clients) ASSERT_EQ(client->receive().status, 200);
    }
    EXPECT_EQ(server->statistics().connections_open, 300);
}

TEST(Server, TellsAConnectionTooManyWith503) {
    ServerOptions options;
    options.limits.connections = 2;
    RunningServer server(echo, options);
    Client first(server->port());
    Client second(server->port());
    EXPECT_EQ(first.ask(get("/")).status, 200);
    EXPECT_EQ(second.ask(get("/")).status, 200);
    Client third(server->port());
    EXPECT_EQ(third.ask(get("/")).status, 503);
    EXPECT_TRUE(third.at_end());
    EXPECT_EQ(first.ask(get("/")).status, 200);
}

TEST(Server, SaysClearlyThatItCannotListen) {
    RunningServer server(echo);
    ServerOptions options;
    options.port = server->port();
    try {
        Server second(options, echo);
        FAIL() << "two servers on one port";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code().value(), EADDRINUSE);
        EXPECT_NE(std::string(error.what()).find("127.0.0.1:" + std::to_string(options.port)), std::string::npos);
    }
}

// Waits in the handler until the test lets it go on.
struct Gate {
    std::promise<void> entered;
    std::atomic<bool> open = false;

    Task<Response> pass(Request& request) {
        if (request.path == "/wait") {
            entered.set_value();
            boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
            while (!open) {
                timer.expires_after(2ms);
                co_await timer.async_wait(boost::asio::use_awaitable);
            }
        }
        Response response;
        response.body = std::string("passed");
        co_return response;
    }
};

TEST(Drain, FinishesWhatRunsAndClosesWhatIsIdle) {
    Gate gate;
    RunningServer server([&gate](Request& request) { return gate.pass(request); });
    Client idle(server->port());
    EXPECT_EQ(idle.ask(get("/")).status, 200);
    Client fresh(server->port());
    Client busy(server->port());
    busy.send(get("/wait"));
    gate.entered.get_future().wait();
    server->drain(10s);
    server->drain(20s);  // a later one does not prolong the first
    EXPECT_TRUE(idle.at_end());
    EXPECT_TRUE(fresh.at_end());
    EXPECT_THROW(Client(server->port()), std::runtime_error);
    gate.open = true;
    const auto answer = busy.receive();
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "passed");
    EXPECT_EQ(answer.header("Connection"), "close");
    EXPECT_TRUE(busy.at_end());
    server.join();
    EXPECT_EQ(server->statistics().connections_open, 0);
}

TEST(Drain, DropsWhatIsStillRunningAfterTheGrace) {
    Gate gate;
    RunningServer server([&gate](Request& request) { return gate.pass(request); });
    Client busy(server->port());
    busy.send(get("/wait"));
    gate.entered.get_future().wait();
    Client half(server->port());
    half.send("GET / HT");
    server->drain(50ms);
    server.join();
    EXPECT_TRUE(half.at_end());
    EXPECT_EQ(server->statistics().connections_open, 0);
}

TEST(Drain, BeforeRunningMeansNotToRun) {
    ServerOptions options;
    options.port = 0;
    Server server(options, echo);
    server.drain(0ms);
    server.run();
    EXPECT_THROW(Client(server.port()), std::runtime_error);
}

}  // namespace
}  // namespace berth::http
