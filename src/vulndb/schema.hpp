// The tables of a database file. It is written once and read ever after, so the rows are what its readers want in one
// probe: a package's advice is one value, a vulnerability is another. Values: coding.hpp.
#pragma once

#include <cstdint>
#include <string_view>

namespace berth::vulndb {

// "brth", in the file's header.
inline constexpr std::int64_t application_id = 0x62727468;
// Counts up with every change that an older or newer reader would misread.
inline constexpr std::int64_t schema_version = 1;

// meta: "newest ECOSYSTEM:RELEASE" is Database::newest_record_at() of a stream; an older file has none of these.
// vulnerability.id: the numbers of a feed are one run, in the order of the feed's records; feeds by name.
// package.id: by stream and name. package.digest: 64 bits of a hash over what can change a finding.
// enrichment: what is known of a CVE by name; derived = 1 repeats the scores of a feed's own records, so that records
// without one can borrow.
inline constexpr std::string_view schema = R"sql(
CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE feed(id INTEGER PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL, sha256 TEXT NOT NULL,
    bytes INTEGER NOT NULL, records INTEGER NOT NULL, advice INTEGER NOT NULL, enrichments INTEGER NOT NULL,
    withdrawn INTEGER NOT NULL, skipped INTEGER NOT NULL, newest INTEGER, first INTEGER NOT NULL);
CREATE TABLE vulnerability(id INTEGER PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE stream(id INTEGER PRIMARY KEY, ecosystem TEXT NOT NULL, release TEXT NOT NULL);
CREATE TABLE package(stream INTEGER, name TEXT, id INTEGER NOT NULL, digest INTEGER NOT NULL,
    PRIMARY KEY(stream, name)) WITHOUT ROWID;
CREATE TABLE advice(package INTEGER PRIMARY KEY, entries BLOB NOT NULL);
CREATE TABLE enrichment(cve TEXT, feed INTEGER, derived INTEGER, known_exploited INTEGER NOT NULL, epss REAL,
    scores BLOB NOT NULL, PRIMARY KEY(cve, feed, derived)) WITHOUT ROWID;
)sql";

}  // namespace berth::vulndb
