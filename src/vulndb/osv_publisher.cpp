#include "vulndb/osv_publisher.hpp"

#include <algorithm>
#include <array>

namespace berth::vulndb {

namespace {

struct Publisher {
    std::string_view prefix;  // of the record's name
    std::string_view source;
    std::string_view page;  // its address is this, the name, and `ending`; empty: the first reference
    std::string_view ending = {};
};

constexpr std::string_view osv_page = "https://osv.dev/vulnerability/";

// The first prefix that fits.
constexpr std::array<Publisher, 24> publishers{{
    {"GHSA-", "GITHUB", "https://github.com/advisories/"},
    {"GO-", "GO", "https://pkg.go.dev/vuln/"},
    {"PYSEC-", "PYPA", osv_page},
    {"RUSTSEC-", "RUSTSEC", "https://rustsec.org/advisories/", ".html"},
    {"MAL-", "OPENSSF_MALICIOUS", osv_page},
    {"DEBIAN-CVE-", "DEBIAN_CVE", osv_page},
    {"DSA-", "DEBIAN_DSA", "https://security-tracker.debian.org/tracker/"},
    {"DLA-", "DEBIAN_DLA", "https://security-tracker.debian.org/tracker/"},
    {"DTSA-", "DEBIAN_DTSA", "https://security-tracker.debian.org/tracker/"},
    {"UBUNTU-CVE-", "UBUNTU_CVE", "https://ubuntu.com/security/"},
    {"USN-", "UBUNTU_USN", "https://ubuntu.com/security/notices/"},
    {"LSN-", "UBUNTU_LSN", "https://ubuntu.com/security/notices/"},
    {"ALPINE-CVE-", "ALPINE_CVE", osv_page},
    {"ALSA-", "ALMALINUX", {}},
    {"ALBA-", "ALMALINUX", {}},
    {"ALEA-", "ALMALINUX", {}},
    {"RLSA-", "ROCKY_LINUX", "https://errata.rockylinux.org/"},
    {"RXSA-", "ROCKY_LINUX", "https://errata.rockylinux.org/"},
    {"RHSA-", "REDHAT_ERRATA", "https://access.redhat.com/errata/"},
    {"RHBA-", "REDHAT_ERRATA", "https://access.redhat.com/errata/"},
    {"RHEA-", "REDHAT_ERRATA", "https://access.redhat.com/errata/"},
    {"SUSE-", "SUSE", osv_page},
    {"openSUSE-", "SUSE", osv_page},
    {"CGA-", "CHAINGUARD", "https://images.chainguard.dev/security/"},
}};

struct Distribution {
    std::string_view ecosystem;
    std::string_view source;
    std::string_view page;
};

// Whose record a bare CVE is.
constexpr std::array<Distribution, 8> distributions{{
    {"Debian", "DEBIAN_CVE", "https://security-tracker.debian.org/tracker/"},
    {"Ubuntu", "UBUNTU_CVE", "https://ubuntu.com/security/"},
    {"Alpine", "ALPINE_CVE", "https://security.alpinelinux.org/vuln/"},
    {"Red Hat", "REDHAT_VEX", "https://access.redhat.com/security/cve/"},
    {"SUSE", "SUSE", "https://www.suse.com/security/cve/"},
    {"Amazon Linux", "AMAZON_CVE", "https://alas.aws.amazon.com/cve/html/"},
    {"Wolfi", "WOLFI", "https://images.chainguard.dev/security/"},
    {"Chainguard", "CHAINGUARD", "https://images.chainguard.dev/security/"},
}};

const Publisher* publisher_by_name(std::string_view id) {
    const auto found = std::ranges::find_if(publishers, [id](const auto& p) { return id.starts_with(p.prefix); });
    return found == publishers.end() ? nullptr : &*found;
}

// Of the first package: a record may hold others' streams as well, but its own come first in every feed.
const Distribution* distribution_of(const Record& record) {
    for (const auto& advice : record.advice) {
        const auto found = std::ranges::find(distributions, advice.stream.ecosystem, &Distribution::ecosystem);
        if (found != distributions.end()) return &*found;
    }
    return nullptr;
}

}  // namespace

std::string publisher_of(const Record& record) {
    const auto& id = record.vulnerability.id;
    if (const auto* publisher = publisher_by_name(id)) return std::string(publisher->source);
    if (const auto* distribution = distribution_of(record)) return std::string(distribution->source);
    return id.substr(0, id.find('-'));
}

std::string page_of(const Vulnerability& vulnerability) {
    const auto& id = vulnerability.id;
    if (id.starts_with("UBUNTU-CVE-")) return "https://ubuntu.com/security/" + id.substr(7);
    if (id.starts_with("DEBIAN-CVE-")) return "https://security-tracker.debian.org/tracker/" + id.substr(7);
    if (const auto* publisher = publisher_by_name(id)) {
        if (!publisher->page.empty()) return std::string(publisher->page) + id + std::string(publisher->ending);
        // AlmaLinux's own page is the one reference that has its errata.
        const auto own = std::ranges::find_if(vulnerability.references, [](const auto& r) {
            return r.find("errata.almalinux.org") != std::string::npos;
        });
        return own == vulnerability.references.end() ? std::string{} : *own;
    }
    const auto found = std::ranges::find(distributions, vulnerability.source, &Distribution::source);
    return std::string(found == distributions.end() ? osv_page : found->page) + id;
}

std::string score_source(std::string_view publisher) {
    if (publisher == "GITHUB") return "GHSA";
    if (publisher.ends_with("_CVE")) return "NVD";
    return std::string(publisher);
}

std::string severity_in_summary(const Vulnerability& vulnerability) {
    for (const std::string_view word : {"Critical", "Important", "Moderate", "Low"})
        if (vulnerability.summary.starts_with(word) && vulnerability.summary.substr(word.size()).starts_with(": "))
            return std::string(word);
    return {};
}

bool is_malware(const Vulnerability& vulnerability) {
    return vulnerability.id.starts_with("MAL-");
}

bool is_rejected(const Vulnerability& vulnerability) {
    for (const std::string_view mark : {"** REJECT **", "REJECTED", "Rejected reason:"})
        if (vulnerability.details.starts_with(mark)) return true;
    return false;
}

}  // namespace berth::vulndb
