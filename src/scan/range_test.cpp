#include "scan/range.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace berth::scan {
namespace {

using versions::Scheme;
using vulndb::Affected;
using vulndb::FixState;
using vulndb::Range;

Affected with(std::vector<Range> ranges, std::vector<std::string> versions = {}) {
    Affected affected;
    affected.ranges = std::move(ranges);
    affected.versions = std::move(versions);
    return affected;
}
Range from_to(const std::string& introduced, const std::string& fixed) {
    return {.introduced = introduced, .fixed = fixed, .last_affected = std::nullopt};
}
Range from_through(const std::string& introduced, const std::string& last) {
    return {.introduced = introduced, .fixed = std::nullopt, .last_affected = last};
}

// The fix after a version, "-" for none, "" where it is not vulnerable.
std::string fix(const Affected& affected, Scheme scheme, std::string_view version) {
    const auto hit = find_hit(affected, scheme, version);
    if (!hit) return "";
    return hit->fixed_in.empty() ? "-" : hit->fixed_in;
}

TEST(Range, HoldsSeveralIntervals) {
    const auto affected = with({from_to("2.0", "2.3"), from_to("0", "1.5"), from_to("3.0", "3.1")});
    EXPECT_EQ(fix(affected, Scheme::pypi, "1.4"), "1.5");
    EXPECT_EQ(fix(affected, Scheme::pypi, "1.5"), "");
    EXPECT_EQ(fix(affected, Scheme::pypi, "1.9"), "");
    EXPECT_EQ(fix(affected, Scheme::pypi, "2.0"), "2.3");
    EXPECT_EQ(fix(affected, Scheme::pypi, "2.0rc1"), "");
    EXPECT_EQ(fix(affected, Scheme::pypi, "3.0.1"), "3.1");
    EXPECT_EQ(fix(affected, Scheme::pypi, "4"), "");
}

TEST(Range, EndsWithItsLastBadVersion) {
    const auto affected = with({from_through("0", "1.5.0")});
    EXPECT_EQ(fix(affected, Scheme::npm, "1.5.0"), "-");
    EXPECT_EQ(fix(affected, Scheme::npm, "1.5.1"), "");
}

TEST(Range, TakesAListOfVersions) {
    const auto affected = with({from_to("5", "5.2"), from_to("2", "3")}, {"1.0.0", "1.1-weird/text"});
    EXPECT_EQ(fix(affected, Scheme::nuget, "1.0"), "3");
    EXPECT_EQ(fix(affected, Scheme::nuget, "1.1-weird/text"), "-");
    EXPECT_EQ(fix(affected, Scheme::nuget, "1.0.1"), "");
    EXPECT_EQ(fix(with({}), Scheme::nuget, "1.0"), "");
}

TEST(Range, FollowsOverlappingFixesToTheFirstGoodVersion) {
    const auto affected = with({from_to("", "1-5"), from_to("", "1-9"), from_to("1-9", "1-12")});
    EXPECT_EQ(fix(affected, Scheme::rpm, "1-1"), "1-12");
    EXPECT_EQ(fix(with({from_to("", "1-5"), Range{}}), Scheme::rpm, "1-1"), "-");
}

TEST(Range, CompletesShortBoundsOfNpm) {
    EXPECT_EQ(fix(with({from_to("1", "4.16")}), Scheme::npm, "4.15.9"), "4.16");
    EXPECT_EQ(fix(with({from_to("1", "4.16")}), Scheme::npm, "4.16.0"), "");
    EXPECT_EQ(fix(with({from_to("2", "4.16")}), Scheme::npm, "1.9.9"), "");
}

TEST(Range, DecidesNothingByABoundThatIsNoVersion) {
    EXPECT_EQ(fix(with({from_to("", "what?")}), Scheme::deb, "1.0"), "");
    EXPECT_EQ(fix(with({from_to("what?", "2")}), Scheme::deb, "1.0"), "");
    EXPECT_EQ(fix(with({from_to("what?", "2"), from_to("", "1.1")}), Scheme::deb, "1.0"), "1.1");
}

TEST(Range, ListensToTheState) {
    auto affected = with({Range{}});
    EXPECT_EQ(fix(affected, Scheme::deb, "1"), "-");
    for (const auto state : {FixState::not_affected, FixState::undetermined}) {
        affected.state = state;
        EXPECT_EQ(fix(affected, Scheme::deb, "1"), "");
    }
    for (const auto state : {FixState::will_not_fix, FixState::deferred, FixState::end_of_life}) {
        affected.state = state;
        EXPECT_EQ(fix(affected, Scheme::deb, "1"), "-");
    }
}

TEST(Range, AFixLiesOutsideOfEveryRange) {
    EXPECT_TRUE(rc::check([](const std::vector<std::pair<std::uint8_t, std::uint8_t>>& bounds, std::uint8_t version) {
        std::vector<Range> ranges;
        bool inside = false;
        for (const auto& [a, b] : bounds) {
            const int low = std::min(a, b) + 1;
            const int high = std::max(a, b) + 2;
            ranges.push_back(from_to(std::to_string(low), std::to_string(high)));
            inside = inside || (version >= low && version < high);
        }
        const auto affected = with(std::move(ranges));
        const auto hit = find_hit(affected, Scheme::deb, std::to_string(version));
        RC_ASSERT(hit.has_value() == inside);
        if (hit && !hit->fixed_in.empty()) RC_ASSERT(!find_hit(affected, Scheme::deb, hit->fixed_in));
    }));
}

}  // namespace
}  // namespace berth::scan
