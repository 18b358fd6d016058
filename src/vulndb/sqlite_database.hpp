// The database file and its reader.
//
// The file is mapped once and read through SQLite sessions on that memory, one for each thread that asks at the same
// time. Nothing is locked and nothing is written; replacing or removing the file does not touch who has it open.
#pragma once

#include "base/result.hpp"
#include "vulndb/database.hpp"
#include "vulndb/feed.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace berth::vulndb {

// A package of a stream whose advice is another in two generations.
struct ChangedPackage {
    Stream stream;
    std::string package;

    friend bool operator==(const ChangedPackage&, const ChangedPackage&) = default;
    friend auto operator<=>(const ChangedPackage&, const ChangedPackage&) = default;
};

class SqliteDatabase final : public Database {
public:
    // `unavailable`: there is no such file, or it is none of ours, or of another version of the schema; the message
    // says what to do. `cache_bytes`: about so much of what was read is kept in memory, for those who match many images
    // by one database.
    [[nodiscard]] static Result<std::unique_ptr<SqliteDatabase>> open(const std::filesystem::path& file,
                                                                      std::size_t cache_bytes = 0);
    ~SqliteDatabase() override;

    [[nodiscard]] Freshness freshness() const override;
    [[nodiscard]] bool covers(const Stream& stream) const override;
    [[nodiscard]] std::optional<std::int64_t> newest_record_at(const Stream& stream) const override;
    [[nodiscard]] AdviceList find(const Stream& stream, std::string_view package) const override;
    [[nodiscard]] std::shared_ptr<const Vulnerability> vulnerability(std::int64_t key) const override;

    [[nodiscard]] std::vector<Feed> feeds() const;
    [[nodiscard]] std::vector<Stream> streams() const;
    [[nodiscard]] std::uint64_t file_bytes() const;

    // What may be found differently: sorted. Reads both from end to end; a change of prose, of references or of EPSS
    // alone does not count.
    [[nodiscard]] static std::vector<ChangedPackage> changed_packages(const SqliteDatabase& before,
                                                                      const SqliteDatabase& after);

private:
    class Implementation;
    explicit SqliteDatabase(std::unique_ptr<Implementation> implementation);

    std::unique_ptr<Implementation> implementation_;
};

}  // namespace berth::vulndb
