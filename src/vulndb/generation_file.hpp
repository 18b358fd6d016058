// A finished database file, mapped: what its readers and the next generation's builder share.
#pragma once

#include "base/result.hpp"
#include "vulndb/database.hpp"
#include "vulndb/feed.hpp"
#include "vulndb/mapped_file.hpp"
#include "vulndb/sqlite_session.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace berth::vulndb {

// A feed and the run of numbers that its vulnerabilities have.
struct StoredFeed {
    Feed feed = {};
    std::int64_t id = 0;
    std::int64_t first = 0;  // as many as feed.counts.records
};

// Immutable, so thread-safe; each session is one thread's.
class GenerationFile {
public:
    // Looks at the header alone. `unavailable`: not there, not ours, another schema.
    [[nodiscard]] static Result<std::shared_ptr<const GenerationFile>> open(const std::filesystem::path& file);
    GenerationFile(const GenerationFile&) = delete;
    GenerationFile& operator=(const GenerationFile&) = delete;

    // Reads it through: is it whole, and are its tables ours? For files that come from elsewhere and for new ones.
    [[nodiscard]] Result<void> verify() const;
    // Is what it says what it said when it was built, by its SHA-256? For files that come from elsewhere, after
    // verify().
    [[nodiscard]] Result<void> verify_content() const;

    // The file must outlive it.
    [[nodiscard]] Session session() const { return Session::on_memory(file_.bytes()); }
    [[nodiscard]] std::span<const std::byte> bytes() const { return file_.bytes(); }
    [[nodiscard]] const Freshness& freshness() const { return freshness_; }
    [[nodiscard]] const std::vector<StoredFeed>& feeds() const { return feeds_; }

private:
    explicit GenerationFile(MappedFile file) : file_(std::move(file)) {}
    void load();

    MappedFile file_;
    Freshness freshness_;
    std::string content_;  // its digest; of files of the first builds only what stands in the generation
    std::vector<StoredFeed> feeds_;
};

}  // namespace berth::vulndb
