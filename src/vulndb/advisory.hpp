// What is known of vulnerabilities, as values: the one schema that every importer fills and the matcher reads. It
// follows OSV (https://ossf.github.io/osv-schema/) with what distributions say beyond it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace berth::vulndb {

// Where a package name and its versions mean something: OSV's ecosystem and the release of a distribution.
struct Stream {
    std::string ecosystem;  // Debian, Ubuntu, Alpine, Red Hat, Rocky Linux, AlmaLinux, SUSE, Amazon Linux, Wolfi,
                            // Chainguard, npm, PyPI, Go, Maven, crates.io, RubyGems, NuGet, Packagist
    std::string release;    // 12, 22.04, 3.18, 9, 2023; empty where there is none

    friend bool operator==(const Stream&, const Stream&) = default;
    friend auto operator<=>(const Stream&, const Stream&) = default;
};

// What the publisher says about one package of one stream.
enum class FixState : std::uint8_t {
    affected,      // vulnerable; a fix is there exactly when a range names one
    will_not_fix,  // vulnerable, and the publisher leaves it so (ignored, no-dsa for good)
    deferred,      // vulnerable, the fix waits (postponed)
    end_of_life,   // vulnerable, and nobody looks any more
    not_affected,  // this package of this stream was never vulnerable
    undetermined,  // nobody knows; not a finding
};

// Vulnerable from `introduced` on, up to one of the ends; both ends empty: to this day.
struct Range {
    std::string introduced;                    // empty: from the first version on
    std::optional<std::string> fixed;          // the first version that is good again
    std::optional<std::string> last_affected;  // the last version that is bad

    friend bool operator==(const Range&, const Range&) = default;
};

// One package of one stream in one record.
struct Affected {
    std::int64_t vulnerability = 0;     // key of its Vulnerability in the database
    std::vector<Range> ranges;          // any number, in the version's order
    std::vector<std::string> versions;  // vulnerable ones, listed one by one
    FixState state = FixState::affected;
    std::string severity;      // the publisher's word for this package (Debian's urgency ...); empty: none
    std::string module_label;  // rpm modularity name:stream; empty: not modular
    std::vector<std::string> architectures;  // empty: all

    friend bool operator==(const Affected&, const Affected&) = default;
};

// A CVSS vector with who gave it; the score is computed from it (scan/cvss).
struct Score {
    std::string vector;  // CVSS:3.1/AV:N/..., or the plain form of version 2
    std::string source;  // NVD, GHSA, the distribution ...

    friend bool operator==(const Score&, const Score&) = default;
};

// One record of one publisher. The same flaw may stand here several times (GHSA, PYSEC, CVE): `aliases` tie them.
struct Vulnerability {
    std::string id;                    // as published
    std::vector<std::string> aliases;  // other names of the same flaw
    std::vector<std::string> related;  // names that are near, but not the same (an erratum's CVEs)
    std::string summary;
    std::string details;
    std::string source;  // DEBIAN_CVE, UBUNTU_CVE, ALPINE_SECDB, REDHAT_VEX, AMAZON_CVE, GITHUB, GO, PYPA, RUSTSEC ...
    std::string uri;     // the publisher's page of it
    std::string severity;  // the publisher's word for the whole record; empty: none
    std::vector<Score> scores;
    std::vector<std::string> references;
    std::optional<std::int64_t> published_at;  // milliseconds since 1970
    std::optional<std::int64_t> modified_at;
    bool known_exploited = false;  // in CISA's list
    std::optional<double> epss;    // probability of exploitation, 0 to 1

    friend bool operator==(const Vulnerability&, const Vulnerability&) = default;
};

}  // namespace berth::vulndb
