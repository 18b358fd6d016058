// Which records speak of the same flaw, and under which name it is told. Pure.
#pragma once

#include "vulndb/advisory.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace berth::scan {

// Gathers records, then names each one's flaws. A CVE is the name where a record is one or has one as its alias.
// Records without any (a PYSEC and its GHSA) are one flaw when names they share tie them, and take the CVE that such a
// tie leads to. Two CVEs are never one flaw, whatever a third record claims of both.
class FlawNames {
public:
    void add(const vulndb::Vulnerability& record);
    // After the last add().
    void settle();
    // Of a record that was added.
    [[nodiscard]] const std::string& name_of(const vulndb::Vulnerability& record) const;

private:
    using Names = std::map<std::string, std::string, std::less<>>;

    [[nodiscard]] std::string root_of(const std::string& name);
    void tie(const std::string& a, const std::string& b);

    Names by_record_;  // record id: the name of its flaw
    Names cve_of_;     // any other name of a record with a CVE: that CVE
    Names parent_;     // names of the others, tied into trees
    std::vector<std::string> without_cve_;
};

// The CVE that a record stands for: its own name, or the first of its aliases that is one; empty: none.
[[nodiscard]] std::string cve_of(const vulndb::Vulnerability& record);

// The flaws that an erratum (RHSA, ALSA, DSA, USN) fixes: the CVEs among `related`. Empty: it is no erratum, or names
// none.
[[nodiscard]] std::vector<std::string> cves_of_erratum(const vulndb::Vulnerability& record);

}  // namespace berth::scan
