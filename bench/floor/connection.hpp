// One keep-alive connection: a request, its body, its answer.
#pragma once

#include "chunks.hpp"
#include "request.hpp"
#include "server.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace bench::floor {

class Loop;

class Connection : public std::enable_shared_from_this<Connection> {
public:
    Connection(Loop& loop, Server& server, int socket);
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection();

    int socket() const { return socket_; }
    // The loop says: the socket is ready; what was received is hashed; what was to be logged is durable.
    void ready();
    void hashed();
    void committed();
    Upload& upload() { return *upload_; }
    // Nothing more comes before what came is hashed.
    bool must_be_hashed() const { return upload_->is_full() || has_body() || begin_ < end_; }

private:
    enum class State : std::uint8_t { head, body, waiting, sending };

    bool has_body() const { return chunked_ ? chunks_.ended() : left_ == 0; }
    void read_head();
    void handle_input();
    void dispatch(const Request& request);
    void get(const Request& request);
    void post(const Request& request);
    void begin_body(const Request& request);
    void take_early();
    void read_body();
    void body_ended();
    void put_ended();
    void pause_while_busy();

    void send(std::string_view text);  // which stays
    void send(std::string text);
    void send(AnswerPointer answer, Method method);
    void send_more();
    bool send_file();
    void watch(std::uint32_t events);
    void close();

    Loop& loop_;
    Server& server_;
    const int socket_;
    State state_ = State::head;
    std::uint32_t watched_;

    std::array<char, 16384> in_;
    std::size_t begin_ = 0;  // of what is not handled
    std::size_t end_ = 0;

    // The request whose body comes, or whose answer waits for the disk.
    Method method_ = Method::get;
    std::string target_;
    bool chunked_ = false;
    Chunks chunks_;
    std::uint64_t left_ = 0;  // of a body with a length
    std::shared_ptr<Upload> upload_;

    std::string_view unsent_;
    std::string own_text_;
    AnswerPointer answer_;
    int file_ = -1;
    std::int64_t file_at_ = 0;
    std::uint64_t file_left_ = 0;
};

}  // namespace bench::floor
