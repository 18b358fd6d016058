// An erratum of an RPM distribution: packages that fix some CVEs, whatever form it comes in.
#pragma once

#include "vulndb/record.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace berth::vulndb {

struct Erratum {
    struct Package {
        std::string name;
        std::string arch;
        std::string version;  // epoch:version-release
    };

    std::string id;
    std::string severity;
    std::string title;
    std::string description;
    std::string issued;  // as written
    std::string updated;
    std::vector<std::string> cves;
    std::vector<std::string> references;
    std::vector<Package> packages;
};

// Hands it on as a record: each package is vulnerable up to the version that fixes it. The stream is told by the name
// of the erratum and the distribution's mark in the release (.amzn2023, .el9). Skipped: errata without a CVE, and
// Amazon's extras, whose packages say nothing of those in the base.
void take_erratum(Erratum erratum, RecordSink& sink);

}  // namespace berth::vulndb
