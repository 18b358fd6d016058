#include "scanning/followed_findings.hpp"

#include <gtest/gtest.h>

namespace berth::scanning {
namespace {

using scan::Severity;

constexpr Timestamp at(std::int64_t milliseconds) {
    return Timestamp(std::chrono::milliseconds(milliseconds));
}

scan::Finding finding(std::string id, Severity severity, std::string package = "zlib") {
    scan::Finding made;
    made.id = std::move(id);
    made.severity = severity;
    made.packages.emplace_back().name = std::move(package);
    return made;
}

StoredFindings::Part part(const KeptFindings& kept, Timestamp since) {
    return {.followed = {.inventory = {}, .since = since, .brief = Brief::encode(kept.findings.findings)},
            .bytes = encode_findings(kept)};
}

KeptFindings kept(std::vector<scan::Finding> findings, std::vector<Timestamp> first) {
    KeptFindings made;
    made.findings.findings = std::move(findings);
    made.first_observed = std::move(first);
    return made;
}

TEST(FollowedFindings, AFlawOfTwoPartsIsOneWithBothsPackages) {
    auto own = kept({}, {});
    own.findings.notes = {"a note"};
    const StoredFindings stored{
        .own = encode_findings(own),
        .parts = {
            part(kept({finding("CVE-1", Severity::low), finding("CVE-2", Severity::high)}, {at(5), at(9)}), at(7)),
            part(kept({finding("CVE-1", Severity::medium, "bash")}, {at(8)}), at(7))}};
    const auto whole = put_together(stored, false).value();
    ASSERT_EQ(whole.findings.findings.size(), 2U);
    EXPECT_EQ(whole.findings.notes, std::vector<std::string>{"a note"});
    EXPECT_EQ(whole.findings.findings[0].id, "CVE-2");
    EXPECT_EQ(whole.first_observed[0], at(9));
    EXPECT_EQ(whole.findings.findings[1].severity, Severity::medium);
    EXPECT_EQ(whole.findings.findings[1].packages.size(), 2U);
    // Observed in another image before, and in this one since it follows.
    EXPECT_EQ(whole.first_observed[1], at(7));
}

TEST(FollowedFindings, CountsAreThoseOfWhatIsPutTogether) {
    const auto one = Brief::encode({finding("CVE-2", Severity::low), finding("CVE-1", Severity::critical)});
    const auto two = Brief::encode({finding("CVE-3", Severity::undefined), finding("CVE-2", Severity::high)});
    EXPECT_EQ(count(std::vector{Brief(one), Brief(two)}), (store::SeverityCounts{1, 0, 0, 0, 1, 1}));
    EXPECT_EQ(count({}), store::SeverityCounts{});
    EXPECT_TRUE(Brief(one).has("CVE-1"));
    EXPECT_FALSE(Brief(one).has("CVE-3"));
}

TEST(FollowedFindings, NothingIsMadeOfDamagedBytes) {
    const auto good = part(kept({finding("CVE-1", Severity::low)}, {at(1)}), at(1));
    auto bad = good;
    bad.bytes.resize(bad.bytes.size() / 2);
    EXPECT_TRUE(put_together({.own = encode_findings({}), .parts = {good}}, false));
    EXPECT_FALSE(put_together({.own = encode_findings({}), .parts = {good, bad}}, false));
    EXPECT_TRUE(put_together({.own = "", .parts = {good}}, false).value().findings.findings.empty());
    const auto brief = good.followed.brief;
    EXPECT_EQ(count(std::vector{Brief(brief.substr(0, 3))}), store::SeverityCounts{});
}

}  // namespace
}  // namespace berth::scanning
