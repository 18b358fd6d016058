#include "vulndb/import.hpp"

#include "vulndb/coding.hpp"
#include "vulndb/descriptor.hpp"
#include "vulndb/feed_import.hpp"
#include "vulndb/feed_source.hpp"
#include "vulndb/generation_builder.hpp"
#include "vulndb/generation_file.hpp"
#include "vulndb/publish.hpp"
#include "vulndb/recognise.hpp"

#include <system_error>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>

namespace berth::vulndb {

namespace {

namespace fs = std::filesystem;

// Where a feed of the next generation comes from: a file, or a database that has it.
struct Origin {
    const FeedFile* file = nullptr;
    std::shared_ptr<const GenerationFile> database;
    StoredFeed stored;
    bool given = false;  // not just kept
};
using Plan = std::map<std::string, Origin>;

std::unexpected<Fault> about(const FeedFile& file, Fault fault) {
    fault.message = file.file.string() + ": " + fault.message;
    return std::unexpected(std::move(fault));
}

std::unexpected<Fault> given_twice(const std::string& name) {
    return fail(FaultKind::invalid_parameter,
                "two files are feed \"" + name + "\": give one of them another name (NAME=FILE)");
}

class Import {
public:
    Import(fs::path folder, std::span<const FeedFile> files, const ImportOptions& options)
        : folder_(std::move(folder)), files_(files.begin(), files.end()), options_(options) {
        for (auto& file : files_)
            if (file.name.empty()) file.name = feed_name_of(file.file);
    }
    ~Import() {
        std::error_code ignored;
        for (const auto& file : temporary_) fs::remove(file, ignored);
    }
    Import(const Import&) = delete;
    Import& operator=(const Import&) = delete;

    Result<ImportReport> run(const Clock& clock) {
        if (auto kept = plan_kept(); !kept) return fail(std::move(kept));
        kept_ = plan_;
        for (const auto& file : files_) {
            const auto planned = plan_file(file);
            if (planned) continue;
            if (!options_.leave_out_broken) return about(file, planned.error());
            leave_out(file, planned.error());
        }
        const auto next = temporary(".new");
        for (;;) {
            if (!broken_.empty() && std::ranges::none_of(plan_, [](const auto& entry) { return entry.second.given; }))
                return nothing_left();
            ImportReport report;
            const FeedFile* culprit = nullptr;
            auto built = build(next, clock, report, culprit);
            if (built) return finish(next, std::move(report));
            if (culprit == nullptr) return fail(std::move(built));
            if (!options_.leave_out_broken) return about(*culprit, std::move(built).error());
            leave_out(*culprit, built.error());
        }
    }

private:
    void leave_out(const FeedFile& file, const Fault& fault) {
        broken_.push_back({.name = file.name, .reason = fault.message});
        const auto kept = kept_.find(file.name);
        if (kept != kept_.end())
            plan_[file.name] = kept->second;
        else
            plan_.erase(file.name);
    }

    [[nodiscard]] ImportReport nothing_left() const {
        return {.changed = false,
                .generation = before_ ? before_->freshness().generation : std::string{},
                .feeds = {},
                .broken = broken_};
    }

    fs::path temporary(const std::string& ending) {
        return temporary_.emplace_back(database_file(folder_).string() + ending);
    }

    Result<void> plan_kept() {
        if (!fs::exists(database_file(folder_))) return {};
        auto database = GenerationFile::open(database_file(folder_));
        if (!database) return fail(std::move(database));
        before_ = *std::move(database);
        for (const auto& stored : before_->feeds())
            plan_[stored.feed.name] = {.file = nullptr, .database = before_, .stored = stored, .given = false};
        return {};
    }

    Result<void> plan_file(const FeedFile& file) {
        auto feed = FeedSource::open(file.file, {});
        if (!feed) return fail(std::move(feed));
        if (recognise_container((*feed)->start()) == Container::database) return plan_bundle(**feed);
        auto& origin = plan_[file.name];
        if (origin.given) return given_twice(file.name);
        origin = {.file = &file, .database = nullptr, .stored = {}, .given = true};
        return {};
    }

    Result<void> plan_bundle(FeedSource& feed) {
        const auto copy = temporary(".bundle" + std::to_string(temporary_.size()));
        if (auto written = write_file(copy, feed); !written) return written;
        auto database = GenerationFile::open(copy);
        if (!database) return fail(std::move(database));
        if (auto good = (*database)->verify(); !good) return good;
        if (auto good = (*database)->verify_content(); !good) return good;
        for (const auto& stored : (*database)->feeds()) {
            auto& origin = plan_[stored.feed.name];
            if (origin.given) return given_twice(stored.feed.name);
            origin = {.file = nullptr, .database = *database, .stored = stored, .given = true};
        }
        return {};
    }

    void tell(std::string_view feed, std::uint64_t read, std::uint64_t total) const {
        if (options_.progress) options_.progress({.feed = feed, .read = read, .total = total});
    }

    Result<FeedReport> build_from_file(const FeedFile& file, GenerationBuilder& builder) const {
        const auto total = fs::file_size(file.file);
        auto feed = FeedSource::open(file.file, [&](std::uint64_t read) { tell(file.name, read, total); });
        if (!feed) return fail(std::move(feed));
        auto ended = import_feed(file, **feed, builder);
        if (!ended) return fail(std::move(ended));
        return FeedReport{.feed = std::move(ended->feed), .reasons = std::move(ended->reasons)};
    }

    // A fault is about `culprit`, when it names a file. A half-read feed cannot be taken out of what was built: without
    // it everything is built anew.
    Result<void> build(const fs::path& next, const Clock& clock, ImportReport& report, const FeedFile*& culprit) const {
        GenerationBuilder builder(next);
        for (const auto& [name, origin] : plan_) {
            if (origin.file != nullptr) {
                auto built = build_from_file(*origin.file, builder);
                if (!built) {
                    culprit = origin.file;
                    return fail(std::move(built));
                }
                report.feeds.push_back(*std::move(built));
                continue;
            }
            builder.copy_feed(origin.database, origin.stored);
            if (origin.given) report.feeds.push_back({.feed = origin.stored.feed, .reasons = {}});
        }
        tell({}, 0, 0);
        report.generation = builder.finish(clock.now());
        return {};
    }

    [[nodiscard]] std::optional<std::uint64_t> shrunk_from(const Feed& feed) const {
        const auto before = kept_.find(feed.name);
        if (before == kept_.end()) return std::nullopt;
        const auto held = before->second.stored.feed.counts.held();
        return held > 2 * feed.counts.held() ? std::optional(held) : std::nullopt;
    }

    Result<ImportReport> finish(const fs::path& next, ImportReport report) {
        report.broken = broken_;
        for (auto& entry : report.feeds) entry.shrunk_from = shrunk_from(entry.feed);
        if (before_ && before_->freshness().generation == report.generation) return report;
        const auto built = GenerationFile::open(next);
        if (!built) return std::unexpected(built.error());
        if (auto good = (*built)->verify(); !good) return fail(std::move(good));
        if (auto published = publish(folder_, next); !published) return fail(std::move(published));
        report.changed = true;
        return report;
    }

    fs::path folder_;
    std::vector<FeedFile> files_;
    const ImportOptions& options_;
    std::vector<fs::path> temporary_;
    std::shared_ptr<const GenerationFile> before_;
    Plan kept_;
    Plan plan_;
    std::vector<BrokenFeed> broken_;
};

}  // namespace

std::string feed_name_of(const fs::path& file) {
    constexpr std::array<std::string_view, 11> endings{".gz",   ".xz",    ".zst", ".zip", ".tar", ".tgz",
                                                       ".json", ".jsonl", ".xml", ".csv", ".txt"};
    auto name = file.filename();
    while (std::ranges::find(endings, name.extension().string()) != endings.end()) name = name.stem();
    const auto folder = file.parent_path().filename();
    return name == "all" && !folder.empty() ? folder.string() : name.string();
}

Result<ImportReport> import_feeds(const fs::path& folder, std::span<const FeedFile> files, const Clock& clock,
                                  const ImportOptions& options) {
    const auto lock = lock_folder(folder);
    if (!lock) return std::unexpected(lock.error());
    try {
        return Import(folder, files, options).run(clock);
    } catch (const SqliteError& error) {
        const bool full = (error.code() & 0xff) == SQLITE_FULL;
        return fail(full ? FaultKind::storage_full : FaultKind::unavailable, error.what());
    } catch (const BadCoding& error) {
        return fail(FaultKind::unavailable, error.what());
    } catch (const fs::filesystem_error& error) {
        return fail(FaultKind::unavailable, error.what());
    }
}

}  // namespace berth::vulndb
