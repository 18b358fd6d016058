// Outbound HTTP over libcurl, blocking: for commands and for threads that may wait, never for an I/O thread.
//
// Only http and https. No proxy unless one is given (the environment's are ignored), no cookies, no netrc. Redirects
// are followed for GET and HEAD, a few at most, never from https to http; the request's credential headers go to the
// first origin (scheme, host, port) and to no other.
#pragma once

#include "base/result.hpp"
#include "base/size.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace berth::client {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct HttpOptions {
    std::chrono::milliseconds connect_timeout{10'000};
    std::chrono::milliseconds timeout{60'000};  // of one whole send(); downloads have no such end
    std::chrono::seconds stall_timeout{30};     // a transfer that brings nothing for so long is given up
    std::size_t answer_bytes = 64_MiB;          // longest body of a send()
    std::size_t header_bytes = 256_KiB;         // headers of one answer, together
    int redirects = 5;
    std::string proxy = {};    // http://host:port; empty: none
    std::string ca_file = {};  // PEM; empty: the system's authorities
    std::string user_agent = "berth";
    std::stop_token stop = {};  // requested: what runs ends within a second or so, as unavailable
};

struct HttpRequest {
    std::string method = "GET";
    std::string url = {};
    Headers headers = {};      // go along with redirects
    Headers credentials = {};  // headers for the first origin only
    std::string body = {};
};

struct HttpAnswer {
    int status = 0;
    Headers headers = {};  // names in lower case
    std::string body = {};

    // The first of that name, given in lower case.
    [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const;
};

struct Download {
    std::string url = {};
    std::filesystem::path file = {};  // the bytes arrive in FILE.part, which becomes FILE when it is whole
    Headers headers = {};
    Headers credentials = {};
    std::string etag = {};                              // of the FILE one has; not_modified when it is still the same
    std::uint64_t most_bytes = std::uint64_t{1} << 40;  // too_large beyond
    // Bytes so far and in all (0: not known). False ends the download: Fault deadline. FILE.part stays.
    std::function<bool(std::uint64_t so_far, std::uint64_t total)> progress = {};
};

struct Downloaded {
    bool not_modified = false;  // FILE was left as it is
    std::uint64_t bytes = 0;    // of the whole file
    std::string etag = {};      // empty: the server gave none
};

// Keeps connections for the next request. One thread at a time. Faults: unavailable (no answer, with curl's words),
// deadline (a timeout), too_large, storage_full, invalid_parameter (the URL), unsupported (a status that is none of
// 2xx, for download()).
class HttpClient {
public:
    explicit HttpClient(HttpOptions options = {});
    ~HttpClient();
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;

    // Any status is an answer.
    [[nodiscard]] Result<HttpAnswer> send(const HttpRequest& request);
    // A body of any length, handed on in pieces as it arrives; a fault of `take` ends it. `body` of the answer is
    // empty.
    using Take = std::function<Result<void>(int status, std::string_view bytes)>;
    [[nodiscard]] Result<HttpAnswer> receive(const HttpRequest& request, const Take& take);
    // A FILE.part from before is continued when the server still has the same thing (its ETag stands in
    // FILE.part.etag), else begun anew. The file is synced before it gets its name.
    [[nodiscard]] Result<Downloaded> download(const Download& wanted);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace berth::client
