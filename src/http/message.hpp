// Requests and responses as the front ends see them. No Beast in here: only src/http/*.cpp pays for it.
#pragma once

#include "async/byte_source.hpp"
#include "async/task.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace berth::http {

enum class Method : std::uint8_t { get, head, post, put, patch, del, options, other };

struct HeaderView {
    std::string_view name;
    std::string_view value;
};

// One request, alive until its response was sent. All views point into the connection's buffer.
struct Request {
    Method method = Method::other;
    std::string_view method_text;
    std::string_view target;          // as sent: path and query, still escaped
    std::string_view path;            // of target, still escaped
    std::string_view query;           // of target, without '?'
    std::vector<HeaderView> headers;  // in the order sent
    std::string_view peer;            // address of the client
    bool tls = false;
    std::string_view request_id;  // a UUID; also in the answer's headers and in the log
    ByteSource* body = nullptr;   // never null inside a handler; empty when there is no body

    // The first header of that name, compared without case; nullopt when there is none.
    [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const;
    // The value of a query parameter, decoded; nullopt when absent or badly escaped.
    [[nodiscard]] std::optional<std::string> query_value(std::string_view name) const;
};

// Part of a file, sent without passing through user space where the connection allows it.
struct FileBody {
    std::shared_ptr<void> owner;  // keeps the descriptor open
    int descriptor = -1;
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
};

// Bytes somebody else also holds (a cached manifest).
using SharedBody = std::shared_ptr<const std::string>;

// Bytes pulled from a source; `length` of them exactly.
struct StreamBody {
    std::unique_ptr<ByteSource> source;
    std::uint64_t length = 0;
};

struct Response {
    int status = 200;
    // Names as they go out. Content-Length, Date, Connection and Server are added by the server. A value with a
    // control character never goes out: the server answers 500 instead.
    std::vector<std::pair<std::string_view, std::string>> headers;
    std::variant<std::string, SharedBody, FileBody, StreamBody> body;
    // A HEAD answer says how long the body would be and sends none.
    std::optional<std::uint64_t> head_length;
    // Close the connection after this answer (the rest of the request is not wanted).
    bool close = false;

    Response& set(std::string_view name, std::string value) {
        headers.emplace_back(name, std::move(value));
        return *this;
    }
};

// Answers one request. Called on an I/O thread: it may wait, but never block. An exception becomes a 500.
using Handler = std::function<Task<Response>(Request&)>;

}  // namespace berth::http
