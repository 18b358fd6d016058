#include "answers.hpp"

#include <memory>

namespace bench::floor {
namespace {

// The date is a constant: a server needs to make one only once a second.
std::string begin(std::string_view status) {
    return "HTTP/1.1 " + std::string(status) +
           "\r\nServer: Floor\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\n"
           "Docker-Distribution-Api-Version: registry/2.0\r\n";
}

void add(std::string& text, std::string_view name, std::string_view value) {
    text.append(name).append(": ").append(value).append("\r\n");
}

void end(std::string& text, std::uint64_t body_bytes) {
    add(text, "Content-Length", std::to_string(body_bytes));
    text.append("\r\n");
}

std::string with_json(std::string_view status, std::string_view body) {
    std::string text = begin(status);
    add(text, "Content-Type", "application/json");
    end(text, body.size());
    return text.append(body);
}

std::string found(std::string_view type, std::string_view digest, std::uint64_t body_bytes) {
    std::string text = begin("200 OK");
    if (!digest.empty()) {
        add(text, "Docker-Content-Digest", digest);
        add(text, "ETag", '"' + std::string(digest) + '"');
    }
    if (type == blob_type) {
        add(text, "Accept-Ranges", "bytes");
        add(text, "Cache-Control", "private, max-age=31536000, immutable");
    }
    add(text, "Content-Type", type);
    end(text, body_bytes);
    return text;
}

}  // namespace

std::string_view ping() {
    static const std::string text = with_json("200 OK", "{}");
    return text;
}

std::string_view not_found() {
    static const std::string text =
        with_json("404 Not Found", R"({"errors":[{"code":"UNKNOWN","message":"not here"}]})");
    return text;
}

std::string_view failed() {
    static const std::string text =
        with_json("400 Bad Request", R"({"errors":[{"code":"DIGEST_INVALID","message":"not stored"}]})");
    return text;
}

AnswerPointer document(std::string_view type, std::string_view digest, std::string_view body) {
    auto answer = std::make_shared<Answer>();
    answer->text = found(type, digest, body.size());
    answer->head_bytes = answer->text.size();
    answer->text.append(body);
    return answer;
}

AnswerPointer large_blob(std::string_view digest, std::string file, std::uint64_t bytes) {
    auto answer = std::make_shared<Answer>();
    answer->text = found(blob_type, digest, bytes);
    answer->head_bytes = answer->text.size();
    answer->file = std::move(file);
    answer->file_bytes = bytes;
    return answer;
}

std::string accepted(std::string_view repository, std::string_view upload, std::uint64_t received) {
    std::string text = begin("202 Accepted");
    add(text, "Location", "/v2/" + std::string(repository) + "/blobs/uploads/" + std::string(upload));
    add(text, "Range", "0-" + std::to_string(received > 0 ? received - 1 : 0));
    add(text, "Docker-Upload-UUID", upload);
    end(text, 0);
    return text;
}

std::string created(std::string_view repository, std::string_view kind, std::string_view digest) {
    std::string text = begin("201 Created");
    add(text, "Location", "/v2/" + std::string(repository) + "/" + std::string(kind) + "/" + std::string(digest));
    add(text, "Docker-Content-Digest", digest);
    end(text, 0);
    return text;
}

}  // namespace bench::floor
