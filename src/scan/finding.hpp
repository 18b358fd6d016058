// What a scan found, as values: one Finding for a flaw, with every package of the image that has it. Both forms of
// DescribeImageScanFindings are views of it; basic_findings() (scan/basic.hpp) makes ECR's older one.
#pragma once

#include "inventory/package.hpp"
#include "scan/cvss.hpp"
#include "scan/severity.hpp"
#include "vulndb/advisory.hpp"
#include "vulndb/database.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace berth::scan {

// Why a finding does not count. It stays in the result, as SUPPRESSED.
struct Suppression {
    enum class By : std::uint8_t { rule, vex };
    By by = By::rule;
    std::string name;    // of the rule, or the id of the VEX document
    std::string reason;  // for people

    friend bool operator==(const Suppression&, const Suppression&) = default;
};

// A package of the image that has the flaw.
struct VulnerablePackage {
    inventory::PackageType type{};
    std::string name;     // of the installed (binary) package; language packages: as the ecosystem writes it
    std::string version;  // the whole of it: [epoch:]version[-release]
    // What it was built from; language packages: the package itself.
    std::string source_name;
    std::string source_version;
    std::string arch;
    std::string path;       // the database or file that shows it, without a leading slash
    std::size_t layer = 0;  // index in the image's list of layers
    // The first good version after this one; empty: there is none, or none that this system gets.
    std::string fixed_in;
    vulndb::FixState state = vulndb::FixState::affected;
    // For this package, the distribution's word first.
    Severity severity = Severity::undefined;
    std::string vendor_severity;  // the word itself; empty: none
    inventory::Confidence confidence = inventory::Confidence::certain;
    std::optional<Suppression> suppression;

    friend bool operator==(const VulnerablePackage&, const VulnerablePackage&) = default;
};

enum class FixAvailable : std::uint8_t { no, partial, yes };  // partial: for some of the packages

struct Finding {
    std::string id;  // CVE where it has one, else the publisher's name
    // Other names of the same flaw (GHSA, PYSEC), and the errata that speak of it (DSA, RHSA): sorted.
    std::vector<std::string> related;
    Severity severity = Severity::undefined;  // the worst of its packages
    std::string vendor_severity;              // the word behind it; empty: a score decided, or nothing
    std::string title;                        // one line; may be empty
    std::string description;
    std::string source;  // DEBIAN_CVE, GITHUB ...
    std::string uri;     // the publisher's page
    std::vector<std::string> references;
    std::vector<Cvss> cvss;  // every score that is known, best first: the first one decided or could have
    std::optional<std::int64_t> published_at;  // milliseconds since 1970
    std::optional<std::int64_t> modified_at;
    bool known_exploited = false;
    std::optional<double> epss;
    std::vector<VulnerablePackage> packages;  // at least one; by name, version, path
    FixAvailable fix_available = FixAvailable::no;
    // Only the headers of the kernel's interface are there, no kernel: such a finding is noise in an image.
    bool kernel_headers_only = false;
    // Set when every one of its packages is suppressed: the first one's.
    std::optional<Suppression> suppression;

    friend bool operator==(const Finding&, const Finding&) = default;
};

// What became of the scan.
enum class Outcome : std::uint8_t {
    complete,
    // The operating system is unknown, has no release, or nobody publishes for it (any more): no findings is not safe.
    unsupported_system,
};

struct Findings {
    Outcome outcome = Outcome::complete;
    std::string reason;  // of an outcome that is not complete, and for people
    // Of an outcome that is not complete: what could tell more is there, and could not be read. Then nothing is said of
    // the system itself.
    bool unreadable = false;
    // Of an outcome that is not complete: another database may judge the image.
    bool wants_advisories = false;
    std::optional<inventory::Distribution> distribution;
    // By severity from CRITICAL down, then by name; kernel headers apart where the options say so.
    std::vector<Finding> findings;
    // What was left out and why, for people: packages whose version is none, partial inventories.
    std::vector<std::string> notes;
    // Of an outcome that is complete: something of the image was not judged, so that no findings there means nothing.
    // The notes say what.
    bool partial = false;
    vulndb::Freshness database;
};

}  // namespace berth::scan
