#include "scanning/clair/clair_scanner.hpp"

#include "auth/download_link.hpp"
#include "scanning/clair/report.hpp"
#include "scanning/clair/token.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <utility>

namespace berth::scanning::clair {

namespace {

namespace json = boost::json;

constexpr int ok = 200;
constexpr int created = 201;
constexpr int accepted = 202;
constexpr int unauthorised = 401;
constexpr int forbidden = 403;
constexpr int not_found = 404;
constexpr int state_moved = 412;
constexpr std::size_t longest_words = 300;

json::object object_of(const std::string& body) {
    constexpr std::size_t max_depth = 32;
    json::error_code error;
    auto value = json::parse(body, error, {}, {.max_depth = max_depth});
    return !error && value.is_object() ? std::move(value.get_object()) : json::object();
}

std::string text_at(const json::object& in, std::string_view key) {
    const auto* value = in.if_contains(key);
    return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

client::HttpOptions http_options(std::chrono::milliseconds patience) {
    client::HttpOptions options;
    // Clair answers when it has fetched and read all layers.
    options.timeout = patience;
    options.stall_timeout = std::chrono::ceil<std::chrono::seconds>(patience);
    return options;
}

}  // namespace

// One scan, on a thread that may wait.
class ClairScanner::Run {
public:
    Run(ClairScanner& scanner, const ScanTarget& target)
        : scanner_(scanner),
          target_(target),
          http_(http_options(scanner.options_.patience)),
          end_(std::chrono::steady_clock::now() + scanner.options_.patience) {}

    Result<scan::Findings> scan(scan::Depth depth) {
        if (auto indexed = index(); !indexed) return fail(std::move(indexed));
        auto report = fetch_report();
        if (!report) return fail(std::move(report));
        std::vector<std::string> layers;
        for (const auto& layer : target_.layers) layers.push_back(layer.digest.text());
        return findings_of(*report, layers, depth);
    }

private:
    Result<void> index() {
        auto answer = ask("POST", "/indexer/api/v1/index_report", manifest());
        for (;;) {
            if (!answer) return fail(std::move(answer));
            if (answer->status == state_moved) return fail(FaultKind::unavailable, "Clair's indexer has just changed");
            if (answer->status != ok && answer->status != created) return refused(*answer);
            const auto report = object_of(answer->body);
            const auto state = text_at(report, "state");
            if (state == "IndexFinished") return {};
            if (state == "IndexError") return broken(text_at(report, "err"));
            // Somebody else's request for the same image is still under way.
            if (auto waited = wait(); !waited) return waited;
            answer = ask("GET", "/indexer/api/v1/index_report/" + target_.digest.text(), {});
        }
    }

    Result<std::string> fetch_report() {
        for (;;) {
            auto answer = ask("GET", "/matcher/api/v1/vulnerability_report/" + target_.digest.text(), {});
            if (!answer) return fail(std::move(answer));
            if (answer->status == ok || answer->status == created) return std::move(answer->body);
            if (answer->status != accepted) return refused(*answer);
            // 202: the matcher's data are not all there yet.
            if (auto waited = wait(); !waited) return fail(std::move(waited));
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
        if (!answer) return fail(answer.error().kind, "no answer from Clair: " + answer.error().message);
        return answer;
    }

    // A layer that stands in an image twice is indexed once. Clair wants no configuration, only layers.
    std::string manifest() const {
        json::array layers;
        std::vector<std::string> seen;
        for (const auto& layer : target_.layers) {
            const auto& digest = layer.digest.text();
            if (std::ranges::find(seen, digest) != seen.end()) continue;
            seen.push_back(digest);
            layers.push_back(
                json::object{{"hash", digest}, {"uri", link_to(layer.digest)}, {"headers", json::object()}});
        }
        return json::serialize(json::object{{"hash", target_.digest.text()}, {"layers", std::move(layers)}});
    }

    std::string link_to(const model::Digest& digest) const {
        const auto& [registry, name] = target_.repository;
        const auth::DownloadLink link{.registry = registry,
                                      .repository = name,
                                      .digest = digest,
                                      .principal = {.arn = "arn:aws:iam::" + registry.account.text() + ":root",
                                                    .account = registry.account,
                                                    .user_id = registry.account.text(),
                                                    .access_key_id = {}},
                                      .expires_at = scanner_.clock_.now() + auth::link_lifetime};
        return scanner_.options_.own_url + auth::download_target(scanner_.links_, link);
    }

    Result<void> wait() {
        if (std::chrono::steady_clock::now() + scanner_.options_.poll > end_) {
            return fail(FaultKind::deadline, "Clair takes too long");
        }
        if (!scanner_.pause()) return fail(FaultKind::unavailable, "the server is being stopped");
        return {};
    }

    static std::unexpected<Fault> broken(const std::string& words) {
        return fail(FaultKind::invalid_manifest, "Clair cannot index the image: " + words.substr(0, longest_words));
    }

    static std::unexpected<Fault> refused(const client::HttpAnswer& answer) {
        auto words = text_at(object_of(answer.body), "message").substr(0, longest_words);
        switch (answer.status) {
            case unauthorised:
            case forbidden:
                return fail(FaultKind::access_denied, "Clair does not take this server's key");
            case not_found:
                return fail(FaultKind::unavailable, "Clair has forgotten the image");
            default:
                break;
        }
        constexpr int first_server_error = 500;
        const auto kind = answer.status < first_server_error ? FaultKind::invalid_manifest : FaultKind::unavailable;
        return fail(kind, "Clair answers with " + std::to_string(answer.status) + ": " + words);
    }

    ClairScanner& scanner_;
    const ScanTarget& target_;
    client::HttpClient http_;
    std::chrono::steady_clock::time_point end_;
};

ClairScanner::ClairScanner(Options options, const auth::StatementKey& links, const Clock& clock, BlockingPool& pool)
    : options_(std::move(options)), links_(links), clock_(clock), pool_(pool) {}

Task<Result<scan::Findings>> ClairScanner::scan(const ScanTarget& target, scan::Depth depth) {
    const ScanTarget own = target;
    co_return co_await offload(pool_, [this, &own, depth] { return Run(*this, own).scan(depth); });
}

void ClairScanner::stop() {
    {
        const std::scoped_lock lock(mutex_);
        stopped_ = true;
    }
    changed_.notify_all();
}

bool ClairScanner::pause() {
    std::unique_lock lock(mutex_);
    return !changed_.wait_for(lock, options_.poll, [this] { return stopped_; });
}

}  // namespace berth::scanning::clair
