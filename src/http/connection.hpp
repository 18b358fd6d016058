// One client: reads a request, has it answered, sends the answer, and so on, in one straight coroutine.
#pragma once

#include "async/offload.hpp"
#include "http/answer_head.hpp"
#include "http/request_body.hpp"
#include "http/request_ids.hpp"
#include "http/request_parser.hpp"
#include "http/server.hpp"
#include "http/stream.hpp"

#include <boost/asio/cancellation_signal.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace berth::http {

// What all connections of the server share; outlives them.
struct Service {
    const ServerOptions& options;
    const Handler& handler;
    SSL_CTX* tls;        // null: plain
    BlockingPool& pool;  // reads files that are not in memory
};

// What the connections of one thread share; outlives them. Only touched on that thread, but for the counters.
struct ThreadState {
    Counters counters;
    RequestIds ids;
    bool draining = false;
    std::int64_t date_second = -1;
    std::string date;

    [[nodiscard]] std::string_view http_date();
};

// Whether there is room for one more; a connection over the limit gets one answer, a 503.
enum class Admission : std::uint8_t { serve, refuse };

// Lives on one I/O thread and is only ever touched there; owned by that thread's IoThread.
class Connection {
public:
    Connection(const Service& service, ThreadState& thread, Stream::Socket socket, std::string peer,
               Admission admission);
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection() = default;

    Task<void> serve();  // to the end of the connection

    void tick(Stream::Time::time_point now);  // enforces the time limits
    void drain();                             // ends the connection if nothing is going on
    void cut();                               // ends it whatever is going on

    [[nodiscard]] boost::asio::cancellation_slot cancellation() { return cancellation_.slot(); }
    std::size_t index = 0;  // its place in the owner's list; the owner's business

private:
    enum class Next : std::uint8_t {
        request,  // another one on the same connection
        close,
        linger,  // close, but first let the client read the answer while it is still sending
    };
    static constexpr int gone = -1;

    Task<Next> serve_one();
    Task<Next> refuse(int status);  // a request without a usable header
    Task<Next> refuse_plain_text();
    Task<int> read_head();  // 0, the status that refuses the request, or `gone`
    [[nodiscard]] std::size_t find_head_end(std::size_t& searched);
    [[nodiscard]] int parse_head(std::size_t head_size);
    [[nodiscard]] int read_failed(IoStatus status) const;
    Task<Response> call_handler();
    Task<Next> answer(Response response);
    [[nodiscard]] Response refusal_of(int status) const;  // closes the connection
    [[nodiscard]] Response checked(Response response) const;
    void observe(const Response& response, std::uint64_t body_bytes);
    void keep_left_over();
    Task<void> linger();

    const Service& service_;
    ThreadState& thread_;
    const Limits& limits_;
    Admission admission_;
    std::string peer_;
    Stream stream_;
    RequestParser parser_;
    RequestBody body_;
    Request request_;
    Framing framing_;
    RequestId id_{};
    std::vector<char> buffer_;  // the header and what arrived with it; Request's views point in here
    std::size_t filled_ = 0;
    std::string head_;  // of the answer
    Stream::Time::time_point began_;
    Refused::Hint hint_ = Refused::Hint::none;
    bool idle_ = false;    // waits for a handshake or for the first byte of a request
    bool served_ = false;  // at least one request
    bool cut_ = false;
    boost::asio::cancellation_signal cancellation_;
};

}  // namespace berth::http
