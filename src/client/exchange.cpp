#include "client/exchange.hpp"

#include "client/url.hpp"

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <utility>

namespace berth::client {

namespace {

struct FreeLines {
    void operator()(curl_slist* lines) const { curl_slist_free_all(lines); }
};
using Lines = std::unique_ptr<curl_slist, FreeLines>;

// A name or value with a line end in it would become a header of its own.
bool is_clean(std::string_view text) {
    return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

Result<Lines> lines_of(const Headers& headers) {
    Lines lines(curl_slist_append(nullptr, "Expect:"));  // no waiting for "100 Continue"
    for (const auto& [name, value] : headers) {
        if (!is_clean(name) || !is_clean(value)) return fail(FaultKind::invalid_parameter, "a header holds a line end");
        std::string line = name;
        if (value.empty()) {
            line += ';';
        } else {
            line.append(": ").append(value);
        }
        auto* before = lines.release();
        auto* longer = curl_slist_append(before, line.c_str());
        lines.reset(longer != nullptr ? longer : before);
        if (longer == nullptr) throw std::bad_alloc();
    }
    return lines;
}

template <class T>
void set(CURL* easy, CURLoption option, T value) {
    if (curl_easy_setopt(easy, option, value) != CURLE_OK) throw std::logic_error("libcurl refuses an option");
}

CURL* make_easy() {
    static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
    auto* easy = ready == CURLE_OK ? curl_easy_init() : nullptr;
    if (easy == nullptr) throw std::runtime_error("libcurl cannot be started");
    return easy;
}

// libcurl has no room for exceptions: what is thrown while it calls becomes a fault.
template <class F>
std::size_t guarded(std::size_t bytes, std::optional<Fault>& fault, F work) noexcept {
    try {
        auto done = work();
        if (done) return bytes;
        fault = std::move(done).error();
    } catch (const std::exception& thrown) {
        fault = Fault{.kind = FaultKind::internal, .message = thrown.what()};
    }
    return 0;
}

}  // namespace

Handle::Handle() : easy_(make_easy()) {}

std::optional<std::string_view> find_header(const Headers& headers, std::string_view name) {
    const auto found = std::ranges::find(headers, name, &std::pair<std::string, std::string>::first);
    if (found == headers.end()) return std::nullopt;
    return found->second;
}

bool Exchange::redirects() const {
    constexpr std::array statuses{301, 302, 303, 307, 308};
    return std::ranges::find(statuses, status_) != statuses.end();
}

Result<void> Exchange::read_header(std::string_view line) {
    header_bytes_ += line.size();
    if (header_bytes_ > options_.header_bytes) return fail(FaultKind::too_large, "the answer's headers are too long");
    if (line.starts_with("HTTP/")) {  // of this answer, or of an interim one before it
        headers_.clear();
        return {};
    }
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return {};
    std::string name(line.substr(0, colon));
    std::ranges::transform(name, name.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    constexpr std::string_view space = " \t\r\n";
    auto value = line.substr(colon + 1);
    value.remove_prefix(std::min(value.find_first_not_of(space), value.size()));
    value = value.substr(0, value.find_last_not_of(space) + 1);
    headers_.emplace_back(std::move(name), value);
    return {};
}

std::size_t Exchange::on_header(char* data, std::size_t size, std::size_t count, void* exchange) {
    auto& self = *static_cast<Exchange*>(exchange);
    return guarded(size * count, self.fault_, [&] { return self.read_header({data, size * count}); });
}

std::size_t Exchange::on_body(char* data, std::size_t size, std::size_t count, void* exchange) {
    auto& self = *static_cast<Exchange*>(exchange);
    return guarded(size * count, self.fault_, [&] {
        self.status_ = self.status_of_answer();
        return self.body_({data, size * count});
    });
}

// libcurl asks every second, however little happens.
int Exchange::on_progress(void* exchange, curl_off_t /*to_come*/, curl_off_t /*came*/, curl_off_t /*to_send*/,
                          curl_off_t /*sent*/) {
    return static_cast<Exchange*>(exchange)->options_.stop.stop_requested() ? 1 : 0;
}

int Exchange::status_of_answer() const {
    long status = 0;
    curl_easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &status);
    return static_cast<int>(status);
}

void Exchange::set_up(const Outgoing& outgoing, curl_slist* lines) {
    auto* easy = handle_.get();
    curl_easy_reset(easy);
    set(easy, CURLOPT_ERRORBUFFER, words_.data());
    set(easy, CURLOPT_URL, outgoing.url.c_str());
    set(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    set(easy, CURLOPT_PROXY, options_.proxy.c_str());  // empty: none, whatever the environment says
    set(easy, CURLOPT_NOSIGNAL, 1L);
    set(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!options_.ca_file.empty()) set(easy, CURLOPT_CAINFO, options_.ca_file.c_str());
    set(easy, CURLOPT_USERAGENT, options_.user_agent.c_str());
    set(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options_.connect_timeout.count()));
    set(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(outgoing.timeout.count()));
    set(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
    set(easy, CURLOPT_LOW_SPEED_TIME, static_cast<long>(options_.stall_timeout.count()));
    if (options_.stop.stop_possible()) {
        set(easy, CURLOPT_NOPROGRESS, 0L);
        set(easy, CURLOPT_XFERINFOFUNCTION, &Exchange::on_progress);
        set(easy, CURLOPT_XFERINFODATA, this);
    }
    set(easy, CURLOPT_HTTPHEADER, lines);
    set(easy, CURLOPT_HEADERFUNCTION, &Exchange::on_header);
    set(easy, CURLOPT_HEADERDATA, this);
    set(easy, CURLOPT_WRITEFUNCTION, &Exchange::on_body);
    set(easy, CURLOPT_WRITEDATA, this);
    if (outgoing.method == "HEAD") {
        set(easy, CURLOPT_NOBODY, 1L);
    } else if (outgoing.method != "GET") {
        set(easy, CURLOPT_POST, 1L);
        set(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(outgoing.body.size()));
        set(easy, CURLOPT_POSTFIELDS, outgoing.body.c_str());
        set(easy, CURLOPT_CUSTOMREQUEST, outgoing.method.c_str());
    }
}

Result<void> Exchange::run(const Outgoing& outgoing, Body body) {
    auto lines = lines_of(outgoing.headers);
    if (!lines) return fail(std::move(lines));
    body_ = std::move(body);
    status_ = 0;
    headers_.clear();
    header_bytes_ = 0;
    fault_.reset();
    words_.front() = '\0';
    set_up(outgoing, lines->get());
    const auto code = curl_easy_perform(handle_.get());
    status_ = status_of_answer();
    if (fault_) return std::unexpected(std::move(*fault_));
    if (code != CURLE_OK) return std::unexpected(fault_of(code));
    return {};
}

Fault Exchange::fault_of(CURLcode code) const {
    std::string text(words_.data());
    if (text.empty()) text = curl_easy_strerror(code);
    switch (code) {
        case CURLE_ABORTED_BY_CALLBACK:
            return {.kind = FaultKind::unavailable, .message = "the request was broken off"};
        case CURLE_OPERATION_TIMEDOUT:
            return {.kind = FaultKind::deadline, .message = std::move(text)};
        case CURLE_URL_MALFORMAT:
        case CURLE_UNSUPPORTED_PROTOCOL:
            return {.kind = FaultKind::invalid_parameter, .message = std::move(text)};
        default:
            return {.kind = FaultKind::unavailable, .message = std::move(text)};
    }
}

Result<void> run_with_redirects(Exchange& exchange, const HttpOptions& options, const HttpRequest& request,
                                std::chrono::milliseconds timeout, const Exchange::Body& body) {
    const auto home = origin_of(request.url);
    if (!home) return fail(FaultKind::invalid_parameter, "'" + request.url + "' is no http or https URL");
    const bool may_redirect = request.method == "GET" || request.method == "HEAD";
    const auto unless_redirected = [&](std::string_view bytes) -> Result<void> {
        if (may_redirect && exchange.redirects()) return {};
        return body(bytes);
    };
    std::string url = request.url;
    auto origin = home;
    for (int hop = 0; hop <= options.redirects; ++hop) {
        auto headers = request.headers;
        if (origin == home) headers.insert(headers.end(), request.credentials.begin(), request.credentials.end());
        auto done = exchange.run(
            {.method = request.method, .url = url, .headers = headers, .body = request.body, .timeout = timeout},
            unless_redirected);
        if (!done) return done;
        if (!may_redirect || !exchange.redirects()) return {};
        auto next = resolve(url, std::string(find_header(exchange.headers(), "location").value_or("")));
        if (!next) return fail(FaultKind::unavailable, "the server redirects to nowhere");
        auto next_origin = origin_of(*next);
        if (!next_origin || (origin->encrypted && !next_origin->encrypted)) {
            return fail(FaultKind::unavailable, "the server redirects from https to http, which is not followed");
        }
        url = std::move(*next);
        origin = std::move(next_origin);
    }
    return fail(FaultKind::unavailable,
                "the server redirects more than " + std::to_string(options.redirects) + " times");
}

}  // namespace berth::client
