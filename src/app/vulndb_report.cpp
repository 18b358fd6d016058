#include "app/vulndb_report.hpp"

#include "app/progress_bar.hpp"
#include "base/clock.hpp"

#include <algorithm>
#include <cstdio>
#include <string>

namespace berth::app {

namespace {

unsigned long long number(std::uint64_t value) {
    return value;
}

void print(const vulndb::ImportReport& report) {
    std::size_t width = 4;
    for (const auto& entry : report.feeds) width = std::max(width, entry.feed.name.size());
    const int column = static_cast<int>(width);
    std::printf("%-*s  %-14s  %9s  %9s  %9s  %9s  %9s\n", column, "feed", "kind", "records", "packages", "added to",
                "withdrawn", "skipped");
    for (const auto& entry : report.feeds) {
        const auto& feed = entry.feed;
        const std::string kind(name_of(feed.kind));
        const auto& counts = feed.counts;
        std::printf("%-*s  %-14s  %9llu  %9llu  %9llu  %9llu  %9llu\n", column, feed.name.c_str(), kind.c_str(),
                    number(counts.records), number(counts.advice), number(counts.enrichments), number(counts.withdrawn),
                    number(counts.skipped));
        for (const auto& reason : entry.reasons) std::printf("    skipped %s\n", reason.c_str());
        if (counts.skipped > entry.reasons.size() && !entry.reasons.empty())
            std::printf("    and %llu more\n", number(counts.skipped - entry.reasons.size()));
    }
    if (report.generation.empty()) return;
    std::printf(report.changed ? "generation %s\n" : "generation %s, as before: nothing changed\n",
                report.generation.c_str());
}

void warn_of_loss(const vulndb::FeedReport& entry) {
    if (!entry.shrunk_from) return;
    std::fprintf(stderr, "berth: warning: %s held %llu records and now holds %llu: is this the whole feed?\n",
                 entry.feed.name.c_str(), number(*entry.shrunk_from), number(entry.feed.counts.held()));
}

}  // namespace

Result<vulndb::ImportReport> import_and_report(const std::filesystem::path& folder,
                                               std::span<const vulndb::FeedFile> files, Broken broken) {
    ProgressBar bar;
    const auto progress = [&bar](const vulndb::ImportProgress& step) {
        bar.show(step.feed.empty() ? "putting the database together" : step.feed, step.read, step.total);
    };
    auto report = vulndb::import_feeds(folder, files, SystemClock(),
                                       {.progress = progress, .leave_out_broken = broken == Broken::is_left_out});
    bar.clear();
    if (!report) {
        std::fprintf(stderr, "berth: %s\n", report.error().message.c_str());
        return report;
    }
    for (const auto& [name, reason] : report->broken)
        std::fprintf(stderr, "berth: %s is left as it was: %s\n", name.c_str(), reason.c_str());
    print(*report);
    for (const auto& entry : report->feeds) warn_of_loss(entry);
    return report;
}

}  // namespace berth::app
