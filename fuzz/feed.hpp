// Feeds of one kind: any text is imported, skipped or refused, and what is taken keeps the limits.
#pragma once

#include "check.hpp"
#include "vulndb/importers.hpp"
#include "vulndb/record_limits.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

struct CheckingSink final : berth::vulndb::RecordSink {
    void take(berth::vulndb::Record record) override {
        if (!berth::vulndb::tidy(record).empty()) return;
        auto again = record;
        check(berth::vulndb::tidy(again).empty() && again == record);
    }
    void take(berth::vulndb::Enrichment enrichment) override {
        if (!berth::vulndb::tidy(enrichment).empty()) return;
        check(enrichment.cve.starts_with("CVE-"));
    }
    void skip(std::string_view, std::string_view reason) override { check(!reason.empty()); }
    void withdrawn() override {}
};

inline int import_any(berth::vulndb::FeedKind kind, const std::uint8_t* data, std::size_t size) {
    berth::archive::MemorySource text(std::as_bytes(std::span(data, size)));
    CheckingSink sink;
    if (const auto read = berth::vulndb::importer_of(kind)(text, sink); !read) check(!read.error().message.empty());
    return 0;
}
