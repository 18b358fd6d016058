// What an importer hands on: records of one publisher, and what others add to a CVE by its name.
#pragma once

#include "vulndb/advisory.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace berth::vulndb {

// One package of one stream. The key in `affected` is the database's to give.
struct Advice {
    Stream stream;
    std::string package;
    Affected affected;

    friend bool operator==(const Advice&, const Advice&) = default;
};

struct Record {
    Vulnerability vulnerability;
    std::vector<Advice> advice;
    // The feed is ordered by package, so a flaw comes in several records of the same name; their advice adds up.
    bool part = false;

    friend bool operator==(const Record&, const Record&) = default;
};

// What a list without packages of its own says about a CVE.
struct Enrichment {
    std::string cve;
    bool known_exploited = false;
    std::optional<double> epss;
    std::vector<Score> scores;

    friend bool operator==(const Enrichment&, const Enrichment&) = default;
};

// Where an importer puts what it reads. Throws only when the machine fails.
class RecordSink {
public:
    RecordSink() = default;
    RecordSink(const RecordSink&) = delete;
    RecordSink& operator=(const RecordSink&) = delete;
    virtual ~RecordSink() = default;

    virtual void take(Record record) = 0;
    virtual void take(Enrichment enrichment) = 0;
    // A record that cannot be used: who it is, as far as that is known, and why.
    virtual void skip(std::string_view record, std::string_view reason) = 0;
    // A record that its publisher took back.
    virtual void withdrawn() = 0;
};

}  // namespace berth::vulndb
