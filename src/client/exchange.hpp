// One request to one server and its answer, by libcurl. Inside client/ only.
#pragma once

#include "client/http.hpp"

#include <curl/curl.h>

#include <array>

namespace berth::client {

// libcurl's handle, which keeps connections open for the next request.
class Handle {
public:
    Handle();
    ~Handle() { curl_easy_cleanup(easy_); }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    [[nodiscard]] CURL* get() const { return easy_; }

private:
    CURL* easy_;
};

struct Outgoing {
    const std::string& method;
    const std::string& url;
    const Headers& headers;
    const std::string& body;
    std::chrono::milliseconds timeout;  // 0: none but the stall's
};

class Exchange {
public:
    // Takes the answer's body as it arrives; status() and headers() are then known. A fault ends the exchange.
    using Body = std::function<Result<void>(std::string_view bytes)>;

    Exchange(const HttpOptions& options, Handle& handle) : options_(options), handle_(handle) {}
    Exchange(const Exchange&) = delete;
    Exchange& operator=(const Exchange&) = delete;

    [[nodiscard]] Result<void> run(const Outgoing& outgoing, Body body);

    [[nodiscard]] int status() const { return status_; }
    [[nodiscard]] const Headers& headers() const { return headers_; }
    [[nodiscard]] bool redirects() const;

private:
    // As libcurl calls them; `exchange` is this.
    static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* exchange);
    static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* exchange);
    static int on_progress(void* exchange, curl_off_t to_come, curl_off_t came, curl_off_t to_send, curl_off_t sent);
    [[nodiscard]] Result<void> read_header(std::string_view line);
    void set_up(const Outgoing& outgoing, curl_slist* lines);
    [[nodiscard]] int status_of_answer() const;
    [[nodiscard]] Fault fault_of(CURLcode code) const;

    const HttpOptions& options_;
    Handle& handle_;
    Body body_;
    int status_ = 0;
    Headers headers_;
    std::size_t header_bytes_ = 0;
    std::optional<Fault> fault_;
    std::array<char, CURL_ERROR_SIZE> words_{};
};

// The first header of that name, given in lower case.
[[nodiscard]] std::optional<std::string_view> find_header(const Headers& headers, std::string_view name);

// Runs the request, and what it is redirected to, until an answer that is none: `body` gets that one's bytes.
[[nodiscard]] Result<void> run_with_redirects(Exchange& exchange, const HttpOptions& options,
                                              const HttpRequest& request, std::chrono::milliseconds timeout,
                                              const Exchange::Body& body);

}  // namespace berth::client
