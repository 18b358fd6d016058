// Feeds: the files that publishers give out, each of one kind.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace berth::vulndb {

enum class FeedKind : std::uint8_t {
    osv,             // https://ossf.github.io/osv-schema/: one record, lines, an array
    debian_tracker,  // https://security-tracker.debian.org/tracker/data/json
    alpine_secdb,    // https://secdb.alpinelinux.org; Wolfi and Chainguard publish the same form
    ubuntu_tracker,  // statuses of Ubuntu's CVE tracker, a line of JSON a CVE
    amazon_facts,    // updateinfo cut down to what is matched, a line of JSON an erratum
    updateinfo,      // updateinfo.xml of an RPM repository
    csaf_vex,        // CSAF 2.0 VEX as Red Hat writes it, a document a CVE
    kev,             // CISA's known exploited vulnerabilities
    epss,            // FIRST's exploit prediction scores, CSV
    nvd,             // NVD's JSON 2.0: CVSS vectors
};

struct FeedKindName {
    FeedKind kind;
    std::string_view name;
};
inline constexpr std::array<FeedKindName, 10> feed_kinds{{
    {FeedKind::osv, "osv"},
    {FeedKind::debian_tracker, "debian-tracker"},
    {FeedKind::alpine_secdb, "secdb"},
    {FeedKind::ubuntu_tracker, "ubuntu-tracker"},
    {FeedKind::amazon_facts, "amazon-facts"},
    {FeedKind::updateinfo, "updateinfo"},
    {FeedKind::csaf_vex, "csaf-vex"},
    {FeedKind::kev, "kev"},
    {FeedKind::epss, "epss"},
    {FeedKind::nvd, "nvd"},
}};

[[nodiscard]] constexpr std::string_view name_of(FeedKind kind) {
    for (const auto& entry : feed_kinds)
        if (entry.kind == kind) return entry.name;
    return "?";
}

[[nodiscard]] constexpr std::optional<FeedKind> parse_feed_kind(std::string_view name) {
    for (const auto& entry : feed_kinds)
        if (entry.name == name) return entry.kind;
    return std::nullopt;
}

// How many went where.
struct FeedCounts {
    std::uint64_t records = 0;      // vulnerabilities taken
    std::uint64_t advice = 0;       // packages of streams in them
    std::uint64_t enrichments = 0;  // CVEs that something was added to
    std::uint64_t withdrawn = 0;    // taken back by their publisher, so left out
    std::uint64_t skipped = 0;      // could not be used

    [[nodiscard]] std::uint64_t held() const { return records + enrichments; }

    friend bool operator==(const FeedCounts&, const FeedCounts&) = default;
};

// A feed as the database remembers it.
struct Feed {
    std::string name;
    FeedKind kind{};
    std::string sha256 = {};  // of the file as it was given, in hexadecimal
    std::uint64_t bytes = 0;  // of that file
    FeedCounts counts = {};
    std::optional<std::int64_t> newest_record_at = std::nullopt;  // milliseconds since 1970

    friend bool operator==(const Feed&, const Feed&) = default;
};

}  // namespace berth::vulndb
