// HttpClient::download(): a file that arrives whole or can be gone on with.
#include "client/http_state.hpp"
#include "client/part_file.hpp"

#include <charconv>

namespace berth::client {

namespace {

std::optional<std::uint64_t> number(std::string_view text) {
    std::uint64_t value = 0;
    const auto* end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || stopped != end) return std::nullopt;
    return value;
}

// Where "bytes FIRST-LAST/TOTAL" begins.
std::optional<std::uint64_t> first_of_range(std::string_view range) {
    constexpr std::string_view unit = "bytes ";
    if (!range.starts_with(unit)) return std::nullopt;
    range.remove_prefix(unit.size());
    return number(range.substr(0, range.find('-')));
}

// One attempt: what is asked for, and what is done with the answer.
class Attempt {
public:
    Attempt(const Download& wanted, PartFile& part, Exchange& exchange)
        : wanted_(wanted), part_(part), exchange_(exchange), offset_(part.etag().empty() ? 0 : part.bytes()) {}

    [[nodiscard]] HttpRequest request() const {
        HttpRequest request{.method = "GET",
                            .url = wanted_.url,
                            .headers = wanted_.headers,
                            .credentials = wanted_.credentials,
                            .body = {}};
        if (offset_ > 0) {
            request.headers.emplace_back("Range", "bytes=" + std::to_string(offset_) + "-");
            request.headers.emplace_back("If-Range", part_.etag());
        }
        std::error_code error;
        if (!wanted_.etag.empty() && std::filesystem::exists(wanted_.file, error)) {
            request.headers.emplace_back("If-None-Match", wanted_.etag);
        }
        return request;
    }

    [[nodiscard]] Result<void> take(std::string_view bytes) {
        if (!is_file()) return {};  // the words of an error
        if (auto ready = start(); !ready) return ready;
        if (bytes.size() > wanted_.most_bytes || part_.bytes() > wanted_.most_bytes - bytes.size()) {
            return fail(FaultKind::too_large,
                        "the file is longer than " + std::to_string(wanted_.most_bytes) + " bytes");
        }
        if (auto written = part_.append(bytes); !written) return written;
        if (wanted_.progress && !wanted_.progress(part_.bytes(), total_)) {
            return fail(FaultKind::deadline, "the download was stopped");
        }
        return {};
    }

    [[nodiscard]] bool is_file() const { return exchange_.status() == 200 || exchange_.status() == 206; }

    [[nodiscard]] Result<Downloaded> finish() {
        if (auto ready = start(); !ready) return fail(std::move(ready));  // an empty file has no bytes to take
        if (auto done = part_.finish(); !done) return fail(std::move(done));
        return Downloaded{.not_modified = false, .bytes = part_.bytes(), .etag = etag()};
    }

    [[nodiscard]] std::string etag() const {
        return std::string(find_header(exchange_.headers(), "etag").value_or(""));
    }

private:
    [[nodiscard]] Result<void> start() {
        if (started_) return {};
        started_ = true;
        const auto length = number(find_header(exchange_.headers(), "content-length").value_or(""));
        if (exchange_.status() == 206) {
            const auto first = first_of_range(find_header(exchange_.headers(), "content-range").value_or(""));
            if (offset_ == 0 || first != offset_) {
                return fail(FaultKind::unavailable, "the server sends another range than it was asked for");
            }
            total_ = length ? offset_ + *length : 0;
            return part_.resume();
        }
        total_ = length.value_or(0);
        return part_.begin(etag());
    }

    const Download& wanted_;
    PartFile& part_;
    Exchange& exchange_;
    std::uint64_t offset_;
    std::uint64_t total_ = 0;
    bool started_ = false;
};

}  // namespace

Result<Downloaded> HttpClient::download(const Download& wanted) {
    constexpr int not_modified = 304;
    constexpr int range_not_satisfiable = 416;
    PartFile part(wanted.file);
    // Twice at most: a part that does not fit what the server has is given up.
    for (;;) {
        Exchange exchange(state_->options, state_->handle);
        Attempt attempt(wanted, part, exchange);
        const bool resuming = part.bytes() > 0;
        auto done = run_with_redirects(exchange, state_->options, attempt.request(), {},
                                       [&](std::string_view bytes) { return attempt.take(bytes); });
        if (!done) return fail(std::move(done));
        if (exchange.status() == not_modified) {
            return Downloaded{.not_modified = true, .bytes = 0, .etag = wanted.etag};
        }
        if (exchange.status() == range_not_satisfiable && resuming) {
            part.discard();
            continue;
        }
        if (attempt.is_file()) return attempt.finish();
        return fail(FaultKind::unsupported, "the server answers with " + std::to_string(exchange.status()));
    }
}

}  // namespace berth::client
