// Builds a database file: feeds one after the other, in the order of their names, from an importer or from a file that
// has them already; then finish() puts together what all of them say of each package.
//
// Memory: the names of a feed and a record at a time while it comes in, 32 bytes a vulnerability and the longest list
// of a package in finish(). Advice waits in a second file beside the first, to be sorted by package.
#pragma once

#include "base/clock.hpp"
#include "base/result.hpp"
#include "vulndb/feed.hpp"
#include "vulndb/generation_file.hpp"
#include "vulndb/record.hpp"
#include "vulndb/sqlite_session.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace berth::vulndb {

class GenerationBuilder final : public RecordSink {
public:
    // Writes `file` and `file`.stage; what stands there is lost. The second goes with the builder.
    explicit GenerationBuilder(std::filesystem::path file);
    ~GenerationBuilder() override;

    void begin_feed(std::string name, FeedKind kind);
    void take(Record record) override;
    void take(Enrichment enrichment) override;
    void skip(std::string_view record, std::string_view reason) override;
    void withdrawn() override { ++feed_.feed.counts.withdrawn; }
    // What became of it, with the reasons of the first records that were skipped.
    struct Ended {
        Feed feed;
        std::vector<std::string> reasons;
    };
    Ended end_feed(std::string sha256, std::uint64_t bytes);

    void copy_feed(const std::shared_ptr<const GenerationFile>& from, const StoredFeed& feed);

    // Returns the generation: a hash over all that the file says. Nothing else may be called after it.
    std::string finish(Timestamp built_at);

private:
    struct Copied {
        std::int64_t old_first = 0;
        std::int64_t count = 0;
        std::int64_t new_first = 0;
        std::int64_t new_feed = 0;
        std::int64_t old_feed = 0;
    };

    std::int64_t add_vulnerability(const Vulnerability& vulnerability);
    [[nodiscard]] std::size_t drop_what_was_said(std::int64_t key, Record& record) const;
    void add_advice(std::int64_t key, const Advice& advice);
    std::int64_t stream_id(const Stream& stream);
    void remember_scores(const Vulnerability& vulnerability);
    void write_enrichment(std::string_view cve, bool derived, const Enrichment& enrichment);
    void write_derived();
    void write_feed();
    void copy_advice(const GenerationFile& from, const std::vector<Copied>& runs);
    void copy_enrichments(const GenerationFile& from, const std::vector<Copied>& runs);

    std::filesystem::path file_;
    std::filesystem::path stage_file_;
    Session out_;
    Session stage_;
    Statement insert_vulnerability_;
    Statement insert_enrichment_;
    Statement insert_stage_;

    StoredFeed feed_;  // the one that comes in now
    std::vector<StoredFeed> feeds_;
    std::vector<std::string> reasons_;
    std::unordered_map<std::string, std::int64_t> seen_;        // names of this feed and their keys
    std::unordered_set<std::size_t> said_;                      // of which packages its records spoke
    std::map<std::string, std::vector<Score>> derived_scores_;  // of this feed, by CVE
    std::map<Stream, std::int64_t> streams_;
    std::map<std::shared_ptr<const GenerationFile>, std::vector<Copied>> copied_;
    std::int64_t last_key_ = 0;
};

}  // namespace berth::vulndb
