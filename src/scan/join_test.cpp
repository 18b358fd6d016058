// An image that was matched in parts has the findings of the whole.
#include "scan/join.hpp"

#include "scan/match.hpp"
#include "testing/memory_advisories.hpp"

#include <gtest/gtest.h>

#include <iterator>

namespace berth::scan {
namespace {

using inventory::Package;
using inventory::PackageType;

const vulndb::Stream debian_12{"Debian", "12"};
const vulndb::Stream npm{"npm", ""};

Package deb(const std::string& name, const std::string& source, std::size_t layer) {
    return {.type = PackageType::deb,
            .name = name,
            .version = "1.0-1",
            .source_name = source,
            .source_version = "1.0-1",
            .arch = "amd64",
            .path = "var/lib/dpkg/status",
            .layer = layer};
}

class Join : public ::testing::Test {
protected:
    std::int64_t record(const std::string& id, const std::string& severity, std::vector<std::string> aliases = {}) {
        vulndb::Vulnerability made;
        made.id = id;
        made.summary = "title of " + id;
        made.severity = severity;
        made.aliases = std::move(aliases);
        made.references = {"https://example.org/" + id};
        made.scores = {{.vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", .source = "NVD"}};
        return database_.add_record(std::move(made));
    }
    void advise(const vulndb::Stream& stream, const std::string& package, std::int64_t record,
                const std::string& fixed = "") {
        vulndb::Affected affected;
        affected.vulnerability = record;
        affected.ranges.emplace_back();
        if (!fixed.empty()) affected.ranges.back().fixed = fixed;
        database_.add_advice(stream, package, std::move(affected));
    }

    // By layers, put together.
    [[nodiscard]] std::vector<Finding> in_parts(const Options& how) const {
        std::vector<Finding> all;
        for (std::size_t layer = 0; layer < 3; ++layer) {
            auto part = image_;
            std::erase_if(part.packages, [&](const Package& package) { return package.layer != layer; });
            auto found = match_part(part, database_, how).findings;
            std::ranges::move(found, std::back_inserter(all));
        }
        return join(std::move(all), how.rank_kernel_headers_last);
    }

    testing::MemoryAdvisories database_;
    inventory::Inventory image_{
        .distribution = inventory::Distribution{.id = "debian", .version_id = "12"}, .packages = {}, .problems = {}};
};

TEST_F(Join, PartsHaveTheFindingsOfTheWhole) {
    image_.packages = {deb("libssl3", "openssl", 0),
                       deb("linux-libc-dev", "linux", 0),
                       deb("zlib1g", "zlib", 0),
                       deb("libssl-dev", "openssl", 1),
                       deb("linux-image", "linux", 1),
                       {.type = PackageType::npm, .name = "zlib.js", .version = "1.0.0", .path = "a", .layer = 2}};
    advise(debian_12, "openssl", record("CVE-2024-1", "medium"), "1.0-2");
    advise(debian_12, "openssl", record("CVE-2024-2", "high"));
    advise(debian_12, "linux", record("CVE-2024-3", "high"));
    advise(debian_12, "zlib", record("CVE-2024-4", ""));
    advise(npm, "zlib.js", record("GHSA-aaaa-bbbb-cccc", "low", {"CVE-2024-4"}), "2.0.0");
    for (const bool headers_last : {false, true}) {
        const Options how{.depth = Depth::enhanced, .rank_kernel_headers_last = headers_last, .now = std::nullopt};
        const auto whole = match(image_, database_, how).findings;
        ASSERT_EQ(whole.size(), 4U);
        EXPECT_EQ(in_parts(how), whole);
    }
}

TEST_F(Join, WhatOnlyTheHeadersOfTheKernelBringStaysLast) {
    image_.packages = {deb("linux-libc-dev", "linux", 0), deb("bash", "bash", 1)};
    advise(debian_12, "linux", record("CVE-2024-1", "high"));
    advise(debian_12, "bash", record("CVE-2024-2", "low"));
    const auto joined = in_parts({.depth = Depth::basic, .rank_kernel_headers_last = true, .now = std::nullopt});
    ASSERT_EQ(joined.size(), 2U);
    EXPECT_EQ(joined[0].id, "CVE-2024-2");
    EXPECT_TRUE(joined[1].kernel_headers_only);
}

}  // namespace
}  // namespace berth::scan
