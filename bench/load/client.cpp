#include "client.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

namespace bench {
namespace {

constexpr std::size_t buffer_bytes = 256UL * 1024;
constexpr std::size_t chunk_bytes = 32UL * 1024;  // what the Go clients' io.Copy makes of a stream

iovec piece(std::string_view text) {
    return {.iov_base = const_cast<char*>(text.data()), .iov_len = text.size()};
}

bool same(std::string_view left, std::string_view right) {
    return std::ranges::equal(left, right, [](char a, char b) { return (a | 0x20) == (b | 0x20); });
}

std::uint64_t number(std::string_view text, int base) {
    std::uint64_t value = 0;
    const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (error != std::errc{} || at == text.data()) throw CallFailed("bad number in an answer: " + std::string(text));
    return value;
}

// The frames of a chunked body; the data stays where it is.
std::vector<iovec> chunked(std::string_view head, const Body& body, std::vector<std::array<char, 24>>& frames) {
    std::vector<std::string_view> chunks;
    for (std::string_view part : {body.start, body.end})
        for (std::size_t at = 0; at < part.size(); at += chunk_bytes) chunks.push_back(part.substr(at, chunk_bytes));
    frames.resize(chunks.size());
    std::vector<iovec> pieces{piece(head)};
    for (std::size_t i = 0; i < chunks.size(); ++i) {
        char* at = frames[i].data();
        if (i > 0) at = std::copy_n("\r\n", 2, at);
        at = std::to_chars(at, frames[i].data() + 20, chunks[i].size(), 16).ptr;
        at = std::copy_n("\r\n", 2, at);
        pieces.push_back(piece({frames[i].data(), at}));
        pieces.push_back(piece(chunks[i]));
    }
    pieces.push_back(piece(chunks.empty() ? "0\r\n\r\n" : "\r\n0\r\n\r\n"));
    return pieces;
}

}  // namespace

Client::Client(const Endpoint& endpoint, std::string authorization)
    : endpoint_(endpoint),
      authorization_(std::move(authorization)),
      stream_(connect(endpoint)),
      buffer_(buffer_bytes) {}

Response Client::exchange(const Request& request) {
    send(request);
    return receive(request.method == "HEAD");
}

Response Client::expect(int status, const Request& request) {
    Response response = exchange(request);
    if (response.status != status)
        throw CallFailed(std::string(request.method) + " " + std::string(request.target.substr(0, 200)) +
                         ": expected " + std::to_string(status) + ", got " + std::to_string(response.status) + " " +
                         excerpt_);
    return response;
}

void Client::send(const Request& request) {
    head_.clear();
    head_.append(request.method).append(" ").append(request.target).append(" HTTP/1.1\r\nHost: ");
    head_.append(endpoint_.address).append(":").append(std::to_string(endpoint_.port));
    head_.append("\r\nUser-Agent: bench-load\r\n");
    if (!authorization_.empty()) head_.append("Authorization: ").append(authorization_).append("\r\n");
    if (!request.accept.empty()) head_.append("Accept: ").append(request.accept).append("\r\n");

    const Body& body = request.body;
    if (body.framing != Framing::none) head_.append("Content-Type: ").append(body.type).append("\r\n");
    if (body.framing == Framing::chunked) {
        head_.append("Transfer-Encoding: chunked\r\n\r\n");
        std::vector<std::array<char, 24>> frames;
        stream_->send(chunked(head_, body, frames));
        return;
    }
    if (body.framing == Framing::length || request.method == "POST" || request.method == "PUT")
        head_.append("Content-Length: ").append(std::to_string(body.start.size() + body.end.size())).append("\r\n");
    head_.append("\r\n");
    const std::array pieces{piece(head_), piece(body.start), piece(body.end)};
    stream_->send(pieces);
}

Response Client::receive(bool answers_head) {
    begin_ = end_ = 0;
    Response response;
    const std::string_view status = next_line();
    if (!status.starts_with("HTTP/1.1 ") || status.size() < 12) throw CallFailed("no HTTP/1.1 answer");
    response.status = static_cast<int>(number(status.substr(9, 3), 10));

    std::uint64_t length = 0;
    bool is_chunked = false;
    bool closes = false;
    for (std::string_view line = next_line(); !line.empty(); line = next_line()) {
        const std::size_t colon = std::min(line.find(':'), line.size());
        const std::string_view name = line.substr(0, colon);
        std::string_view value = line.substr(std::min(colon + 1, line.size()));
        while (value.starts_with(' ')) value.remove_prefix(1);
        if (same(name, "content-length")) length = number(value, 10);
        if (same(name, "transfer-encoding")) is_chunked = same(value, "chunked");
        if (same(name, "connection")) closes = same(value, "close");
        if (same(name, "location")) response.location = value;
    }
    excerpt_.clear();
    if (!answers_head && response.status >= 200 && response.status != 204 && response.status != 304)
        response.body_bytes = is_chunked ? skip_chunks() : skip(length);
    if (closes) stream_ = connect(endpoint_);
    return response;
}

std::size_t Client::fill() {
    if (begin_ > 0) {
        std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
    }
    if (end_ == buffer_.size()) throw CallFailed("an answer's header does not fit");
    const std::size_t got = stream_->receive({buffer_.data() + end_, buffer_.size() - end_});
    end_ += got;
    return got;
}

// The view is good until the next call.
std::string_view Client::next_line() {
    std::size_t scanned = 0;
    while (true) {
        const std::string_view unread{buffer_.data() + begin_, end_ - begin_};
        if (const std::size_t at = unread.find("\r\n", scanned); at != std::string_view::npos) {
            begin_ += at + 2;
            return unread.substr(0, at);
        }
        scanned = unread.empty() ? 0 : unread.size() - 1;
        fill();
    }
}

std::uint64_t Client::skip_chunks() {
    std::uint64_t total = 0;
    while (true) {
        const std::string_view line = next_line();
        const std::uint64_t length = number(line.substr(0, line.find(';')), 16);
        if (length == 0) break;
        total += skip(length);
        if (!next_line().empty()) throw CallFailed("a chunk does not end where it should");
    }
    while (!next_line().empty()) continue;  // trailer fields
    return total;
}

std::uint64_t Client::skip(std::uint64_t length) {
    std::uint64_t left = length;
    while (left > 0) {
        if (begin_ == end_ && !excerpt_.empty()) {
            left -= stream_->discard(left);
            continue;
        }
        if (begin_ == end_) {
            begin_ = end_ = 0;
            fill();
        }
        const std::uint64_t part = std::min<std::uint64_t>(left, end_ - begin_);
        if (excerpt_.empty()) excerpt_.assign(buffer_.data() + begin_, std::min<std::uint64_t>(part, 200));
        begin_ += static_cast<std::size_t>(part);
        left -= part;
    }
    return length;
}

}  // namespace bench
