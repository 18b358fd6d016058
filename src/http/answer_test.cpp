// Answers from files, shared bytes and streams, plain and over TLS; and TLS itself.
#include "http/answer_head.hpp"
#include "http/test_server.hpp"

#include <fcntl.h>

#include <array>
#include <charconv>
#include <cstring>

namespace berth::http {
namespace {

using test::Certificate;
using test::Client;
using test::get;
using test::RunningServer;
using test::Secure;
using test::TestFile;
using namespace std::chrono_literals;

// Yields `size` bytes in pieces of odd sizes, then ends or fails.
class Countdown final : public ByteSource {
public:
    explicit Countdown(std::uint64_t size) : left_(size) {}
    Task<Result<std::size_t>> read_some(std::span<std::byte> out) override {
        const auto count = static_cast<std::size_t>(std::min<std::uint64_t>({left_, out.size(), 77'777}));
        std::memset(out.data(), 'c', count);
        left_ -= count;
        co_return count;
    }
    [[nodiscard]] std::optional<std::uint64_t> remaining() const override { return left_; }

private:
    std::uint64_t left_;
};

class Answers : public testing::TestWithParam<Secure> {
protected:
    ServerOptions options() {
        ServerOptions chosen;
        if (GetParam() == Secure::yes) chosen.tls = certificate_.files();
        return chosen;
    }

private:
    Certificate certificate_;
};

// The path is OFFSET-LENGTH.
Handler parts_of(const TestFile& file) {
    return [&file](Request& request) -> Task<Response> {
        std::uint64_t offset = 0;
        std::uint64_t length = 0;
        const auto* end = request.path.data() + request.path.size();
        const auto dash = std::from_chars(request.path.data() + 1, end, offset).ptr;
        std::from_chars(dash + 1, end, length);
        Response response;
        response.body = file.part(offset, length);
        co_return response;
    };
}

TEST_P(Answers, BringPartsOfAFile) {
    const TestFile file(5'000'000);
    RunningServer server(parts_of(file), options());
    Client client(server->port(), GetParam());
    for (const auto& [offset, length] : std::initializer_list<std::pair<std::size_t, std::size_t>>{
             {0, 0}, {0, 1}, {17, 100}, {4095, 4097}, {1'048'575, 2}, {3, 2'500'000}, {0, 5'000'000}, {4'999'999, 1}}) {
        const auto answer = client.ask(get("/" + std::to_string(offset) + "-" + std::to_string(length)));
        ASSERT_EQ(answer.status, 200);
        EXPECT_TRUE(answer.body == file.content().substr(offset, length)) << offset << " " << length;
    }
}

TEST_P(Answers, BringALargeFileThatIsNotInMemory) {
    const TestFile file(100 << 20);
    const auto whole = file.part(0, file.content().size());
    ASSERT_EQ(::fsync(whole.descriptor), 0);
    ::posix_fadvise(whole.descriptor, 0, 0, POSIX_FADV_DONTNEED);
    RunningServer server(parts_of(file), options());
    Client client(server->port(), GetParam());
    const auto answer = client.ask(get("/0-" + std::to_string(file.content().size())));
    EXPECT_TRUE(answer.body == file.content());
    EXPECT_EQ(client.ask(get("/5-5")).body, file.content().substr(5, 5));
}

TEST_P(Answers, EndTheConnectionWhenAFileIsShorterThanPromised) {
    const TestFile file(100'000);
    RunningServer server(parts_of(file), options());
    Client client(server->port(), GetParam());
    EXPECT_EQ(client.ask(get("/0-100001")).body.size(), 100'000);
    EXPECT_TRUE(client.at_end());
}

TEST_P(Answers, BringStreamsAndSharedBytes) {
    const auto shared = std::make_shared<const std::string>(std::string(300'000, 's'));
    auto handler = [&](Request& request) -> Task<Response> {
        Response response;
        if (request.path == "/shared") response.body = shared;
        if (request.path == "/stream") response.body = StreamBody{std::make_unique<Countdown>(3'000'000), 3'000'000};
        if (request.path == "/long") response.body = StreamBody{std::make_unique<Countdown>(3'000'000), 1000};
        if (request.path == "/short") response.body = StreamBody{std::make_unique<Countdown>(1000), 3'000'000};
        co_return response;
    };
    RunningServer server(handler, options());
    Client client(server->port(), GetParam());
    EXPECT_EQ(client.ask(get("/shared")).body, *shared);
    EXPECT_EQ(client.ask(get("/stream")).body, std::string(3'000'000, 'c'));
    EXPECT_EQ(client.ask(get("/long")).body, std::string(1000, 'c'));
    EXPECT_EQ(client.ask(get("/short")).body.size(), 1000);
    EXPECT_TRUE(client.at_end());
}

TEST_P(Answers, TakeALargeBodyAndSendItBack) {
    auto handler = [](Request& request) -> Task<Response> {
        Response response;
        auto body = co_await read_all(*request.body, 8 << 20);
        if (body) response.body = std::move(*body);
        co_return response;
    };
    RunningServer server(handler, options());
    Client client(server->port(), GetParam());
    std::string bytes(7 << 20, '\0');
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 31 % 253);
    client.send("PUT / HTTP/1.1\r\nHost: t\r\nContent-Length: " + std::to_string(bytes.size()) + "\r\n\r\n");
    client.send(bytes);
    EXPECT_TRUE(client.receive().body == bytes);
}

// One thread, one endless download that is read as fast as possible: a small request must still get its turn.
TEST_P(Answers, DoNotStarveOthersOfTheSameThread) {
    auto handler = [](Request& request) -> Task<Response> {
        Response response;
        if (request.path == "/endless") {
            response.body = StreamBody{std::make_unique<Countdown>(std::uint64_t{1} << 50), std::uint64_t{1} << 50};
        }
        co_return response;
    };
    auto chosen = options();
    chosen.threads = 1;
    RunningServer server(handler, chosen);
    std::atomic<bool> done = false;
    Client greedy(server->port(), GetParam());
    greedy.send(get("/endless"));
    std::jthread reading([&] {
        while (!done && greedy.discard()) {
        }
    });
    Client modest(server->port(), GetParam());
    for (int i = 0; i < 10; ++i) EXPECT_EQ(modest.ask(get("/")).status, 200);
    done = true;
    (*server).drain(0ms);
}

INSTANTIATE_TEST_SUITE_P(Plain, Answers, testing::Values(Secure::no));
INSTANTIATE_TEST_SUITE_P(Tls, Answers, testing::Values(Secure::yes));

Task<Response> ok(Request& request) {
    Response response;
    response.body = std::string(request.tls ? "secure" : "open");
    co_return response;
}

TEST(Tls, ChoosesTheCheapCipherAndHttp11AndResumes) {
    const Certificate certificate;
    ServerOptions options;
    options.tls = certificate.files();
    RunningServer server(ok, options);
    Client first(server->port(), Secure::yes);
    EXPECT_EQ(first.ask(get("/")).body, "secure");
    EXPECT_STREQ(SSL_get_cipher_name(first.ssl()), "TLS_AES_128_GCM_SHA256");
    const unsigned char* protocol = nullptr;
    unsigned length = 0;
    SSL_get0_alpn_selected(first.ssl(), &protocol, &length);
    EXPECT_EQ(std::string(reinterpret_cast<const char*>(protocol), length), "http/1.1");
    SSL_SESSION* session = SSL_get1_session(first.ssl());
    {
        Client second(server->port(), Secure::yes, session);
        EXPECT_EQ(SSL_session_reused(second.ssl()), 1);
        EXPECT_EQ(second.ask(get("/", "Connection: close\r\n")).body, "secure");
        EXPECT_TRUE(second.at_end());
        EXPECT_NE(SSL_get_shutdown(second.ssl()) & SSL_RECEIVED_SHUTDOWN, 0);  // an orderly end
    }
    SSL_SESSION_free(session);
}

TEST(Tls, DropsAClientThatDoesNotShakeHands) {
    const Certificate certificate;
    ServerOptions options;
    options.tls = certificate.files();
    options.limits.header_timeout = 100ms;
    RunningServer server(ok, options);
    Client silent(server->port());
    EXPECT_TRUE(silent.at_end());
    Client plain(server->port());
    plain.send(get("/"));
    while (plain.discard()) {
    }
}

TEST(Tls, SaysWhichFileIsWrong) {
    const Certificate certificate;
    const Certificate other;
    const auto complaint = [](const TlsFiles& files) {
        ServerOptions options;
        options.port = 0;
        options.tls = files;
        try {
            const Server server(options, ok);
        } catch (const std::runtime_error& error) {
            return std::string(error.what());
        }
        return std::string();
    };
    const auto good = certificate.files();
    const auto expect = [](const std::string& said, std::string_view wanted) {
        EXPECT_TRUE(said.starts_with(wanted)) << said;
    };
    const std::string no_file = "No such file or directory";
    expect(complaint({"/no/such.pem", good.private_key}), "cannot use the TLS certificate /no/such.pem: " + no_file);
    expect(complaint({good.certificate_chain, "/no/such.key"}),
           "cannot use the TLS private key /no/such.key: " + no_file);
    expect(complaint({good.private_key, good.private_key}),
           "cannot use the TLS certificate " + good.private_key + ": it holds no PEM certificate");
    expect(complaint({good.certificate_chain, good.certificate_chain}),
           "cannot use the TLS private key " + good.certificate_chain + ": it holds no PEM private key");
    EXPECT_NE(complaint({good.certificate_chain, other.files().private_key}), "");
    EXPECT_EQ(complaint(good), "");
}

TEST(AnswerHead, DatesAreWrittenAsHttpWantsThem) {
    EXPECT_EQ(format_http_date(784'111'777), "Sun, 06 Nov 1994 08:49:37 GMT");
    EXPECT_EQ(format_http_date(0), "Thu, 01 Jan 1970 00:00:00 GMT");
    EXPECT_EQ(format_http_date(1'709'164'800), "Thu, 29 Feb 2024 00:00:00 GMT");
}

TEST(AnswerHead, LeavesTheServersOwnHeadersToTheServer) {
    Response response;
    response.set("content-length", "99").set("Transfer-Encoding", "chunked").set("X", "y");
    std::string head;
    append_head(head, response, {.content_length = 3, .connection = ConnectionHeader::close, .date = "now"});
    EXPECT_EQ(
        head,
        "HTTP/1.1 200 OK\r\nServer: Berth\r\nDate: now\r\nX: y\r\nContent-Length: 3\r\nConnection: close\r\n\r\n");
}

TEST(Request, FindsHeadersAndQueryValues) {
    Request request;
    request.headers = {{"Accept", "a"}, {"accept", "b"}};
    request.query = "n=5&last=a%2Fb&empty&broken=%zz&n=6&d%69gest=x=y";
    EXPECT_EQ(request.header("ACCEPT"), "a");
    EXPECT_FALSE(request.header("Accep"));
    EXPECT_EQ(request.query_value("n"), "5");
    EXPECT_EQ(request.query_value("last"), "a/b");
    EXPECT_EQ(request.query_value("empty"), "");
    EXPECT_EQ(request.query_value("digest"), "x=y");
    EXPECT_FALSE(request.query_value("broken"));
    EXPECT_FALSE(request.query_value("missing"));
}

}  // namespace
}  // namespace berth::http
