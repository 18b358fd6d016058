#include "scanning/clair/clair_scanner.hpp"

#include "auth/download_link.hpp"
#include "client/http.hpp"
#include "iam/principal.hpp"
#include "scanning/clair/json.hpp"
#include "scanning/clair/report.hpp"
#include "scanning/clair/state.hpp"
#include "scanning/clair/token.hpp"

#include <algorithm>
#include <utility>

namespace berth::scanning::clair {

namespace {

namespace json = boost::json;

constexpr int ok = 200;
constexpr int created = 201;
constexpr int accepted = 202;
constexpr int no_content = 204;
constexpr int unauthorised = 401;
constexpr int forbidden = 403;
constexpr int not_found = 404;
constexpr int request_timeout = 408;
constexpr int state_moved = 412;
constexpr int too_many_requests = 429;
constexpr int first_server_error = 500;
constexpr std::size_t longest_words = 300;

client::HttpOptions http_options(const Options& options, std::stop_token stop) {
    client::HttpOptions made;
    // Clair answers when it has fetched and read all layers.
    made.timeout = options.patience;
    made.stall_timeout = std::chrono::ceil<std::chrono::seconds>(options.patience);
    made.ca_file = options.ca_file;
    made.stop = std::move(stop);
    return made;
}

std::string message_of(const std::string& body) {
    const auto answer = parse_object(body);
    return answer ? text_at(*answer, "message").substr(0, longest_words) : std::string();
}

// What is wrong with Clair's answer is no fault of the image.
std::unexpected<Fault> rubbish(std::string message) {
    return fail(FaultKind::unavailable, std::move(message));
}

}  // namespace

// One conversation, on a thread that may wait.
class ClairScanner::Run {
public:
    explicit Run(ClairScanner& scanner)
        : scanner_(scanner),
          http_(http_options(scanner.options_, scanner.stop_.get_token())),
          end_(std::chrono::steady_clock::now() + scanner.options_.patience) {}

    Result<scan::Findings> scan(const ScanTarget& target, scan::Depth depth) {
        // Before the report: what Clair learns in between is a reason to ask again.
        auto now = state();
        if (!now) return fail(std::move(now));
        if (auto indexed = index(target); !indexed) return fail(std::move(indexed));
        auto report = fetch_report(target.digest);
        if (!report) return fail(std::move(report));
        std::vector<std::string> layers;
        layers.reserve(target.layers.size());
        for (const auto& layer : target.layers) layers.push_back(layer.digest.text());
        auto findings = findings_of(*report, layers, depth);
        if (!findings && findings.error().kind == FaultKind::invalid_parameter) {
            return rubbish(findings.error().message);
        }
        if (findings) findings->database = std::move(*now);
        return findings;
    }

    Result<vulndb::Freshness> state() {
        auto index = ask("GET", "/indexer/api/v1/index_state", {});
        if (!index) return fail(std::move(index));
        if (index->status != ok) return refused(*index);
        auto updates = ask("GET", "/matcher/api/v1/internal/update_operation?latest=true", {});
        if (!updates) return fail(std::move(updates));
        // Clair promises nothing about this one.
        if (updates->status != ok && updates->status != not_found) return refused(*updates);
        std::optional<std::string_view> operations;
        if (updates->status == ok) operations = updates->body;
        const auto day = std::chrono::floor<std::chrono::days>(scanner_.clock_.now());
        auto state = state_of(index->body, operations, std::to_string(day.time_since_epoch().count()));
        if (!state) return rubbish(state.error().message);
        return state;
    }

    Result<void> forget(const model::Digest& image) {
        const auto answer = ask("DELETE", "/indexer/api/v1/index_report/" + image.text(), {});
        if (!answer) return std::unexpected(answer.error());
        if (answer->status == ok || answer->status == no_content || answer->status == not_found) return {};
        return refused(*answer);
    }

private:
    Result<void> index(const ScanTarget& target) {
        auto answer = ask("POST", "/indexer/api/v1/index_report", manifest(target));
        for (;;) {
            if (!answer) return fail(std::move(answer));
            if (answer->status == state_moved) return fail(FaultKind::unavailable, "Clair's indexer has just changed");
            if (answer->status != ok && answer->status != created) return refused(*answer);
            const auto report = parse_object(answer->body);
            const auto state = report ? text_at(*report, "state") : std::string();
            if (!report || state.empty()) return rubbish("Clair's answer is no index report");
            if (state == "IndexFinished") return {};
            if (state == "IndexError") return broken(text_at(*report, "err"));
            // Somebody else's request for the same image is still under way.
            if (auto waited = wait(); !waited) return waited;
            answer = ask("GET", "/indexer/api/v1/index_report/" + target.digest.text(), {});
        }
    }

    Result<std::string> fetch_report(const model::Digest& image) {
        for (;;) {
            auto answer = ask("GET", "/matcher/api/v1/vulnerability_report/" + image.text(), {});
            if (!answer) return fail(std::move(answer));
            if (answer->status == ok || answer->status == created) return std::move(answer->body);
            if (answer->status != accepted) return refused(*answer);
            if (auto waited = wait(); !waited) {
                return fail(FaultKind::unavailable, "Clair has not loaded its vulnerability data yet");
            }
        }
    }

    Result<client::HttpAnswer> ask(std::string method, const std::string& path, std::string body) {
        client::HttpRequest request;
        request.method = std::move(method);
        request.url = scanner_.options_.url + path;
        if (!body.empty()) request.headers.emplace_back("Content-Type", "application/json");
        request.headers.emplace_back("Accept", "application/json");
        const auto& options = scanner_.options_;
        if (!options.key.reveal().empty()) {
            request.credentials.emplace_back("Authorization",
                                             bearer(options.key, options.issuer, scanner_.clock_.now()).reveal());
        }
        request.body = std::move(body);
        auto answer = http_.send(request);
        if (answer) return answer;
        if (std::chrono::steady_clock::now() >= end_) return too_slow();
        const auto kind = answer.error().kind;
        return fail(kind == FaultKind::deadline ? FaultKind::unavailable : kind,
                    "no answer from Clair: " + answer.error().message);
    }

    // A layer that stands in an image twice is indexed once. Clair wants no configuration, only layers.
    std::string manifest(const ScanTarget& target) const {
        json::array layers;
        std::vector<std::string> seen;
        for (const auto& layer : target.layers) {
            const auto& digest = layer.digest.text();
            if (std::ranges::find(seen, digest) != seen.end()) continue;
            seen.push_back(digest);
            layers.push_back(json::object{
                {"hash", digest}, {"uri", link_to(target.repository, layer.digest)}, {"headers", json::object()}});
        }
        return json::serialize(json::object{{"hash", target.digest.text()}, {"layers", std::move(layers)}});
    }

    std::string link_to(const registry::RepositoryRef& repository, const model::Digest& digest) const {
        const auth::DownloadLink link{.registry = repository.registry,
                                      .repository = repository.name,
                                      .digest = digest,
                                      .principal = iam::account_root(repository.registry),
                                      .expires_at = scanner_.clock_.now() + auth::link_lifetime};
        return scanner_.options_.own_url + auth::download_target(scanner_.links_, link);
    }

    Result<void> wait() {
        if (!scanner_.pause()) return fail(FaultKind::unavailable, "the server is being stopped");
        if (std::chrono::steady_clock::now() > end_) return too_slow();
        return {};
    }

    // A Clair that has much to do is faster another time; what it has indexed by then it keeps.
    [[nodiscard]] std::unexpected<Fault> too_slow() const {
        const auto seconds = std::chrono::ceil<std::chrono::seconds>(scanner_.options_.patience).count();
        return fail(FaultKind::unavailable, "Clair has no report of the image after " + std::to_string(seconds) + " s");
    }

    static std::unexpected<Fault> broken(const std::string& words) {
        return fail(FaultKind::invalid_manifest, "Clair cannot index the image: " + words.substr(0, longest_words));
    }

    static std::unexpected<Fault> refused(const client::HttpAnswer& answer) {
        switch (answer.status) {
            case unauthorised:
            case forbidden:
                return fail(FaultKind::unavailable, "Clair does not take this server's key");
            case not_found:
                return fail(FaultKind::unavailable, "Clair has forgotten the image");
            default:
                break;
        }
        const bool passes = answer.status >= first_server_error || answer.status == request_timeout ||
                            answer.status == too_many_requests;
        return fail(passes ? FaultKind::unavailable : FaultKind::invalid_manifest,
                    "Clair answers with " + std::to_string(answer.status) + ": " + message_of(answer.body));
    }

    ClairScanner& scanner_;
    client::HttpClient http_;
    std::chrono::steady_clock::time_point end_;
};

ClairScanner::ClairScanner(Options options, const auth::StatementKey& links, const Clock& clock, BlockingPool& pool)
    : options_(std::move(options)), links_(links), clock_(clock), pool_(pool) {}

Task<Result<scan::Findings>> ClairScanner::scan(const ScanTarget& target, scan::Depth depth) {
    co_return co_await offload(pool_, [this, &target, depth] { return Run(*this).scan(target, depth); });
}

Task<Result<vulndb::Freshness>> ClairScanner::state() {
    co_return co_await offload(pool_, [this] { return Run(*this).state(); });
}

Task<Result<void>> ClairScanner::forget(const model::Digest& image) {
    const auto own = image;
    co_return co_await offload(pool_, [this, &own] { return Run(*this).forget(own); });
}

bool ClairScanner::pause() {
    std::unique_lock lock(mutex_);
    const auto stop = stop_.get_token();
    changed_.wait_for(lock, stop, options_.poll, [&] { return stop.stop_requested(); });
    return !stop.stop_requested();
}

}  // namespace berth::scanning::clair
