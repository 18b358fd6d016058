// Who wrote an OSV record, told by its name, and what is theirs alone.
#pragma once

#include "vulndb/record.hpp"

#include <string>
#include <string_view>

namespace berth::vulndb {

// "GITHUB", "DEBIAN_CVE" ...: Vulnerability::source. Where the name is a bare CVE, the ecosystem of its packages tells.
[[nodiscard]] std::string publisher_of(const Record& record);
// The publisher's page of a record whose id, source and references are there.
[[nodiscard]] std::string page_of(const Vulnerability& vulnerability);
// Whose opinion the vectors are: distributions repeat NVD's.
[[nodiscard]] std::string score_source(std::string_view publisher);
// "Important: curl security update", as errata of Red Hat's family say it; else empty.
[[nodiscard]] std::string severity_in_summary(const Vulnerability& vulnerability);
// A CVE that was never one stays in some feeds with a text that says so.
[[nodiscard]] bool is_rejected(const Vulnerability& vulnerability);

// The whole package is the attack (OpenSSF's malicious-packages). These records have no severity; GitHub says of its
// own kind that a computer with such a package is to be considered fully compromised, so they are as bad as anything.
[[nodiscard]] bool is_malware(const Vulnerability& vulnerability);

}  // namespace berth::vulndb
