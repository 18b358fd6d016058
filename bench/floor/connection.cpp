#include "connection.hpp"

#include "answers.hpp"
#include "loop.hpp"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <span>
#include <utility>

namespace bench::floor {
namespace {

// What one connection may send of a file before the others get their turn.
constexpr std::uint64_t breath = 2UL * 1024 * 1024;

// How many requests of one connection are answered before the others get theirs.
constexpr int most_turns = 64;

constexpr std::string_view uploads_part = "/blobs/uploads/";
constexpr std::string_view manifests_part = "/manifests/";
constexpr std::string_view tags_part = "/tags/list";

// NAME of "/v2/NAME" + part + ...
std::string repository_of(std::string_view target, std::string_view part) {
    return std::string(target.substr(4, target.find(part) - 4));
}

bool has(std::string_view target, std::string_view part) {
    return target.find(part) != std::string_view::npos;
}

std::string_view without_query(std::string_view target) {
    return target.substr(0, target.find('?'));
}

std::string after(std::string_view target, std::string_view part) {
    const std::string_view path = without_query(target);
    return std::string(path.substr(path.find(part) + part.size()));
}

bool would_block(ssize_t result) {
    return result < 0 && (errno == EAGAIN || errno == EINTR);
}

}  // namespace

Connection::Connection(Loop& loop, Server& server, int socket)
    : loop_(loop), server_(server), socket_(socket), watched_(EPOLLIN) {}

Connection::~Connection() {
    if (file_ >= 0) ::close(file_);
    ::close(socket_);
}

void Connection::ready() {
    switch (state_) {
        case State::head:
            return read_head();
        case State::body:
            return read_body();
        case State::sending:
            send_more();
            if (state_ == State::head) handle_input();
            return;
        case State::waiting:
            return close();  // the client does not send before it has its answer, so it is gone
    }
}

// Where many clients share the cores with the server, the next request is often there as soon as the answer is sent,
// and asking epoll for it is a call too many. Where they are few, a look too early is the call too many.
void Connection::read_head() {
    const int turns = loop_.is_crowded() ? most_turns : 1;
    for (int turn = 0; turn < turns && state_ == State::head; ++turn) {
        const ssize_t got = ::recv(socket_, in_.data() + end_, in_.size() - end_, 0);
        if (would_block(got)) return;
        if (got <= 0) return close();
        end_ += static_cast<std::size_t>(got);
        handle_input();
    }
}

void Connection::handle_input() {
    while (state_ == State::head) {
        const std::string_view input(in_.data() + begin_, end_ - begin_);
        const auto request = input.empty() ? std::nullopt : parse(input);
        if (!request) break;
        begin_ += request->head_bytes;
        dispatch(*request);
    }
    if (begin_ == end_) {
        if (state_ == State::head) begin_ = end_ = 0;
    } else if (state_ == State::head) {
        if (begin_ == 0 && end_ == in_.size()) return close();  // a head larger than any client of ours sends
        std::memmove(in_.data(), in_.data() + begin_, end_ - begin_);
        end_ -= std::exchange(begin_, 0);
    }
}

void Connection::dispatch(const Request& request) {
    switch (request.method) {
        case Method::get:
        case Method::head:
            return get(request);
        case Method::post:
            return post(request);
        case Method::put:
        case Method::patch:
            return begin_body(request);
    }
}

void Connection::get(const Request& request) {
    constexpr std::size_t digest_bytes = 71;
    const std::string_view target = request.target;
    if (target == "/v2/") return send(ping());
    const std::size_t last = target.size() - std::min(target.size(), digest_bytes);
    if (target.substr(0, last).ends_with("/blobs/"))
        return send(server_.contents.find(target.substr(last)), request.method);
    if (auto answer = server_.contents.find(target)) return send(std::move(answer), request.method);
    if (!has(target, tags_part)) return send(not_found());
    send(server_.contents.tags(repository_of(target, tags_part)), request.method);
}

void Connection::post(const Request& request) {
    const std::string_view digest = query_value(request.target, "mount=");
    if (digest.empty() || !server_.contents.find(digest))
        return send(accepted(repository_of(request.target, uploads_part), server_.uploads.new_id(), 0));
    method_ = Method::post;
    target_ = request.target;
    state_ = State::waiting;
    loop_.commit_later(*this, std::as_bytes(std::span(target_)));
}

void Connection::begin_body(const Request& request) {
    method_ = request.method;
    target_ = request.target;
    chunked_ = request.chunked;
    left_ = request.length;
    chunks_ = {};
    const std::string id = has(target_, uploads_part) ? after(target_, uploads_part) : "";
    upload_ = id.empty() ? nullptr : server_.uploads.take(id);
    if (!upload_) {
        upload_ = std::make_shared<Upload>(server_.disk, server_.folder + "/" + id);
        upload_->expect(left_);
    }
    state_ = State::body;
    loop_.count_body(1);
    if (begin_ < end_) return take_early();
    if (!chunked_ && left_ == 0) body_ended();
}

// What came together with the head, as much as there is room for at a time.
void Connection::take_early() {
    std::span<const std::byte> early = std::as_bytes(std::span(in_)).subspan(begin_, end_ - begin_);
    const std::span<std::byte> room = upload_->room();
    early = early.first(std::min(early.size(), room.size()));
    if (chunked_) {
        const Chunks::Step step = chunks_.decode(early, room.data());
        begin_ += step.consumed;
        upload_->received(step.produced);
        if (chunks_.malformed()) return close();
    } else {
        const auto taken = static_cast<std::size_t>(std::min<std::uint64_t>(early.size(), left_));
        std::memcpy(room.data(), early.data(), taken);
        begin_ += taken;
        left_ -= taken;
        upload_->received(taken);
    }
    if (begin_ == end_) begin_ = end_ = 0;
    loop_.hash_later(*this);
}

void Connection::read_body() {
    std::span<std::byte> room = upload_->room();
    if (!chunked_) room = room.first(static_cast<std::size_t>(std::min<std::uint64_t>(room.size(), left_)));
    const ssize_t got = ::recv(socket_, room.data(), room.size(), 0);
    if (would_block(got)) return;
    if (got <= 0) return close();
    auto bytes = static_cast<std::size_t>(got);
    if (chunked_) {
        bytes = chunks_.decode(room.first(bytes), room.data()).produced;
        if (chunks_.malformed()) return close();
    } else {
        left_ -= bytes;
    }
    upload_->received(bytes);
    loop_.hash_later(*this);
}

void Connection::hashed() {
    upload_->write_if_full();
    if (has_body()) return body_ended();
    if (begin_ < end_) return take_early();
    pause_while_busy();
}

void Connection::pause_while_busy() {
    if (!upload_->file()) return;
    Job resume = [&loop = loop_, weak = weak_from_this()] {
        loop.post([weak] {
            if (const auto self = weak.lock()) self->watch(EPOLLIN);
        });
    };
    if (upload_->file()->is_busy(resume)) watch(0);
}

void Connection::body_ended() {
    loop_.count_body(-1);
    if (method_ == Method::put) return put_ended();
    std::string id = after(target_, uploads_part);
    const std::uint64_t received = upload_->size();
    server_.uploads.keep(id, std::move(upload_));
    send(accepted(repository_of(target_, uploads_part), id, received));
    handle_input();
}

void Connection::put_ended() {
    state_ = State::waiting;
    upload_->end();
    if (upload_->is_small()) return loop_.commit_later(*this, upload_->small());
    upload_->file()->finish([&loop = loop_, weak = weak_from_this()](bool good) {
        loop.post([weak, good] {
            const auto self = weak.lock();
            if (!self) return;
            if (good) return self->committed();
            self->send(failed());
        });
    });
}

// All is on the disk; what was pushed can be had from now on.
void Connection::committed() {
    if (method_ == Method::post) {
        send(created(repository_of(target_, uploads_part), "blobs", query_value(target_, "mount=")));
        return handle_input();
    }
    const auto upload = std::move(upload_);
    const std::string digest = upload->digest();
    const std::string_view small(reinterpret_cast<const char*>(upload->small().data()), upload->small().size());
    if (has(target_, manifests_part)) {
        const std::string repository = repository_of(target_, manifests_part);
        server_.contents.add_manifest(repository, after(target_, manifests_part), digest,
                                      document("application/vnd.oci.image.manifest.v1+json", digest, small));
        send(created(repository, "manifests", digest));
    } else if (digest == query_value(target_, "digest=")) {
        server_.contents.add_blob(digest, upload->is_small()
                                              ? document(blob_type, digest, small)
                                              : large_blob(digest, upload->file()->path(), upload->size()));
        send(created(repository_of(target_, uploads_part), "blobs", digest));
    } else {
        send(failed());
    }
    handle_input();
}

void Connection::send(std::string_view text) {
    unsent_ = text;
    send_more();
}

void Connection::send(std::string text) {
    own_text_ = std::move(text);
    send(std::string_view(own_text_));
}

void Connection::send(AnswerPointer answer, Method method) {
    if (!answer) return send(not_found());
    answer_ = std::move(answer);
    const bool whole = method == Method::get;
    if (whole && answer_->file_bytes > 0) {
        file_ = ::open(answer_->file.c_str(), O_RDONLY | O_CLOEXEC);
        if (file_ < 0) return close();
        file_at_ = 0;
        file_left_ = answer_->file_bytes;
    }
    send(std::string_view(answer_->text).substr(0, whole ? std::string::npos : answer_->head_bytes));
}

void Connection::send_more() {
    state_ = State::sending;
    while (!unsent_.empty()) {
        const ssize_t sent =
            ::send(socket_, unsent_.data(), unsent_.size(), MSG_NOSIGNAL | (file_left_ > 0 ? MSG_MORE : 0));
        if (would_block(sent)) return watch(EPOLLOUT);
        if (sent < 0) return close();
        unsent_.remove_prefix(static_cast<std::size_t>(sent));
    }
    if (file_left_ > 0 && !send_file()) return;
    answer_.reset();
    state_ = State::head;
    watch(EPOLLIN);
}

// Whether all of it is sent.
bool Connection::send_file() {
    for (std::uint64_t sent = 0; file_left_ > 0;) {
        if (sent >= breath) {
            watch(EPOLLOUT);
            return false;
        }
        const ssize_t step = ::sendfile(socket_, file_, &file_at_, std::min(file_left_, breath));
        if (would_block(step)) {
            watch(EPOLLOUT);
            return false;
        }
        if (step <= 0) {
            close();
            return false;
        }
        sent += static_cast<std::uint64_t>(step);
        file_left_ -= static_cast<std::uint64_t>(step);
    }
    ::close(std::exchange(file_, -1));
    return true;
}

void Connection::watch(std::uint32_t events) {
    if (events == watched_) return;
    watched_ = events;
    loop_.watch(*this, events);
}

// The loop keeps it to the end of the round.
void Connection::close() {
    if (state_ == State::body) loop_.count_body(-1);
    state_ = State::waiting;
    watch(0);
    loop_.forget(*this);
}

}  // namespace bench::floor
