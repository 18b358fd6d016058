// For tests of this room: what an importer hands on, kept; and the samples in testdata/.
#pragma once

#include "vulndb/importers.hpp"
#include "vulndb/record.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace berth::vulndb::testing {

struct Collected final : RecordSink {
    void take(Record record) override { records.push_back(std::move(record)); }
    void take(Enrichment enrichment) override { enrichments.push_back(std::move(enrichment)); }
    void skip(std::string_view record, std::string_view reason) override {
        skipped.push_back(std::string(record) + ": " + std::string(reason));
    }
    void withdrawn() override { ++withdrawals; }

    // The first record of that name.
    [[nodiscard]] const Record& record(std::string_view id) const {
        for (const auto& one : records)
            if (one.vulnerability.id == id) return one;
        throw std::out_of_range("no record " + std::string(id));
    }

    std::vector<Record> records;
    std::vector<Enrichment> enrichments;
    std::vector<std::string> skipped;
    int withdrawals = 0;
};

[[nodiscard]] inline std::filesystem::path sample(std::string_view name) {
    return std::filesystem::path(BERTH_TESTDATA) / name;
}

[[nodiscard]] inline std::string read_sample(std::string_view name) {
    std::ifstream in(sample(name), std::ios::binary);
    if (!in) throw std::runtime_error("no sample " + std::string(name));
    return {std::istreambuf_iterator<char>(in), {}};
}

[[nodiscard]] inline Result<void> import_text(FeedKind kind, std::string_view text, RecordSink& sink) {
    archive::MemorySource source(std::as_bytes(std::span(text)));
    return importer_of(kind)(source, sink);
}

// Of a text that must be good.
inline void collect(FeedKind kind, std::string_view text, Collected& into) {
    if (const auto read = import_text(kind, text, into); !read) throw std::runtime_error(read.error().message);
}

// The advice for a package of a stream in a record; all of it.
[[nodiscard]] inline std::vector<Affected> said_of(const Record& record, const Stream& stream,
                                                   std::string_view package) {
    std::vector<Affected> found;
    for (const auto& advice : record.advice)
        if (advice.stream == stream && advice.package == package) found.push_back(advice.affected);
    return found;
}

inline Range fixed_in(std::string version, std::string introduced = {}) {
    return {.introduced = std::move(introduced), .fixed = std::move(version), .last_affected = {}};
}

}  // namespace berth::vulndb::testing
