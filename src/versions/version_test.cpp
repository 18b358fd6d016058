// The published rules of each ecosystem, as ladders: every version is older than all that stand after it.
#include "versions/version.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <ostream>
#include <string>
#include <vector>

namespace berth::versions {
namespace {

using Ladder = std::vector<std::string>;

int sign(Scheme scheme, std::string_view a, std::string_view b) {
    const auto order = compare(scheme, a, b);
    if (!order) return 2;
    return *order < 0 ? -1 : *order > 0 ? 1 : 0;
}

void expect_ladder(Scheme scheme, const Ladder& ladder) {
    for (std::size_t i = 0; i < ladder.size(); ++i) {
        for (std::size_t j = 0; j < ladder.size(); ++j) {
            const int expected = i < j ? -1 : i > j ? 1 : 0;
            EXPECT_EQ(sign(scheme, ladder[i], ladder[j]), expected)
                << name_of(scheme) << ": " << ladder[i] << " and " << ladder[j];
        }
    }
}

void expect_equal(Scheme scheme, const Ladder& spellings) {
    for (const auto& a : spellings) {
        for (const auto& b : spellings)
            EXPECT_EQ(sign(scheme, a, b), 0) << name_of(scheme) << ": " << a << " and " << b;
    }
}

void expect_none(Scheme scheme, const Ladder& texts) {
    for (const auto& text : texts) EXPECT_FALSE(is_version(scheme, text)) << name_of(scheme) << ": " << text;
}

TEST(DebVersion, FollowsPolicy) {
    // Debian Policy 5.6.12: "~~", "~~a", "~", the empty part, "a" ...
    expect_ladder(Scheme::deb, {"1.0~~", "1.0~~a", "1.0~", "1.0", "1.0a", "1.0+", "1.0.1", "1.1"});
    expect_ladder(Scheme::deb, {"2.36-9+deb12u1~bpo11", "2.36-9+deb12u1", "2.36-9+deb12u10", "2.37-1"});
    expect_ladder(Scheme::deb, {"1-1", "1-1+b1", "1-1.1", "1-2", "1-10", "1.0-1-1", "1:0.1-1"});
    expect_ladder(Scheme::deb,
                  {"1.18.36", "1.18.36ubuntu1", "1.18.100000000000000000000000", "1.18.100000000000000000000001"});
    expect_equal(Scheme::deb, {"1.0", "0:1.0", "1.0-0", "00:1.0", "1.00", "01.0"});
    expect_none(Scheme::deb, {"", "a1", "1.0-", "-1", ":1", "x:1", "1 2", "1.0_1", "2147483648:1", "1.0-1:1", "\xff"});
}

TEST(RpmVersion, FollowsItsManual) {
    expect_ladder(Scheme::rpm, {"1.0~rc1", "1.0~rc2", "1.0", "1.0^20240101", "1.0a", "1.0.1", "1.10", "1:0.1"});
    expect_ladder(Scheme::rpm, {"1.0~~", "1.0~", "1.0~^", "1.0~1", "1.0", "1.0^~", "1.0^", "1.0^^"});
    expect_ladder(Scheme::rpm, {"5.5p1", "5.5p2", "5.5p10", "5.6"});
    expect_ladder(Scheme::rpm, {"xyz.4", "xyz10", "2"});
    expect_ladder(Scheme::rpm, {"0:1.0-1.el9", "0:1.0-1.el9_2.1", "1.0-2.el9", "1:0.9-1"});
    expect_equal(Scheme::rpm, {"1.0-1", "0:1.0-1", ":1.0-1", "1_0-1", "1.00-01", "1..0-1"});
    expect_equal(Scheme::rpm, {"1.0", "1.0"});
    // The release has a say only where both have one.
    EXPECT_EQ(sign(Scheme::rpm, "1.0", "1.0-5"), 0);
    EXPECT_EQ(sign(Scheme::rpm, "1.0-4", "1.0-5"), -1);
    expect_none(Scheme::rpm, {"", "-", "1.0-", "x:1", "1 0", "1:2:3", "1.0/2", "~"});
}

TEST(ApkVersion, FollowsItsManual) {
    expect_ladder(Scheme::apk,
                  {"1.0_alpha", "1.0_alpha1", "1.0_beta", "1.0_pre", "1.0_rc", "1.0", "1.0-r0", "1.0-r1", "1.0~abc",
                   "1.0_cvs", "1.0_svn", "1.0_git", "1.0_hg", "1.0_p", "1.0_p1", "1.0a", "1.0b", "1.0.1", "1.1"});
    expect_ladder(Scheme::apk, {"1.0_alpha_pre2", "1.0_alpha", "1.0_alpha2", "1.0_alpha_p1"});
    expect_ladder(Scheme::apk, {"1.01", "1.02", "1.1", "1.2", "1.10"});
    expect_ladder(Scheme::apk, {"1.06-r6", "006", "10", "20050718-r1", "20050718-r2"});
    expect_equal(Scheme::apk, {"6.1_p20230101", "6.1_p20230101"});
    expect_none(Scheme::apk, {"", "a", "1.", "1..2", "1.0bc", "23_foo", "1.0-1", "1.0-r", "1.0-r1-r2", "1.0~",
                              "1.0~xyz", "1.0_", "1.0A", "1.0-r1_p1", "1.0a.1", " 1"});
}

TEST(SemanticVersion, FollowsTheSpecification) {
    const Ladder item_11{"1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta",
                         "1.0.0-beta",  "1.0.0-beta.2",  "1.0.0-beta.11",
                         "1.0.0-rc.1",  "1.0.0",         "2.0.0",
                         "2.1.0",       "2.1.1"};
    for (const auto scheme : {Scheme::npm, Scheme::go, Scheme::crates}) {
        expect_ladder(scheme, item_11);
        expect_ladder(scheme, {"0.0.0-0", "0.0.0", "99999999999999999999999.0.0", "100000000000000000000000.0.0"});
        expect_equal(scheme, {"1.2.3", "v1.2.3", "1.2.3+build", "1.2.3+001.sha-5"});
        expect_none(scheme, {"", "1.2.3.4", "01.2.3", "1.2.3-01", "1.2.3-", "1.2.3+", "1.2.3-a..b", "1.2.x", "a.b.c",
                             "1.2.3-\xc3\xa4", "vv1.2.3", " 1.2.3"});
    }
    expect_none(Scheme::npm, {"1", "1.2"});
    expect_none(Scheme::crates, {"1", "1.2"});
}

TEST(GoVersion, KnowsPseudoVersionsAndShortForms) {
    expect_ladder(Scheme::go, {"v0.0.0-20190101000000-abcdefabcdef", "v0.0.0-20200101000000-000000000000", "v0.0.1",
                               "v1.2.4-0.20200101000000-000000000000", "v1.2.4", "v2.0.0+incompatible", "v2.0.1"});
    expect_equal(Scheme::go, {"1.20", "1.20.0", "v1.20"});
    expect_none(Scheme::go, {"1.20-rc1", "go1.20", "(devel)"});
}

TEST(PypiVersion, FollowsPep440) {
    expect_ladder(Scheme::pypi, {"1.dev0",
                                 "1.0.dev456",
                                 "1.0a1",
                                 "1.0a2.dev456",
                                 "1.0a12.dev456",
                                 "1.0a12",
                                 "1.0b1.dev456",
                                 "1.0b2",
                                 "1.0b2.post345.dev456",
                                 "1.0b2.post345",
                                 "1.0rc1.dev456",
                                 "1.0rc1",
                                 "1.0",
                                 "1.0+abc.5",
                                 "1.0+abc.7",
                                 "1.0+5",
                                 "1.0.post456.dev34",
                                 "1.0.post456",
                                 "1.0.15",
                                 "1.1.dev1"});
    expect_ladder(Scheme::pypi, {"2013.10", "2014.4", "1!1.0", "1!1.1", "2!0"});
    expect_equal(Scheme::pypi, {"1.0", "v1", "1.0.0", "0!1.0", " 1.0 ", "1.00"});
    expect_equal(Scheme::pypi, {"1.1a1", "1.1.a1", "1.1-alpha-1", "1.1_ALPHA.1", "1.1alpha1"});
    expect_equal(Scheme::pypi, {"1.1rc0", "1.1c", "1.1-pre", "1.1.preview0"});
    expect_equal(Scheme::pypi, {"1.0.post1", "1.0-1", "1.0-post1", "1.0rev1", "1.0.r1"});
    expect_equal(Scheme::pypi, {"1.0+ubuntu.1", "1.0+ubuntu-1", "1.0+UBUNTU_1"});
    expect_none(Scheme::pypi,
                {"", "  ", "a", "1.0-x", "1.0+", "1.0+a..b", "!1", "x!1", "2004d", "1.0.dev1.post1", "1.0.0.a.b"});
}

TEST(MavenVersion, FollowsItsSpecification) {
    expect_ladder(Scheme::maven, {"1-alpha", "1-beta", "1-milestone", "1-rc", "1-SNAPSHOT", "1", "1-sp", "1-abc",
                                  "1-xyz", "1-1", "1-2", "1.1"});
    expect_ladder(Scheme::maven, {"2.0-alpha-1", "2.0-alpha-2", "2.0-beta-1", "2.0.RC1", "2.0-RC2", "2.0", "2.0.1"});
    expect_ladder(Scheme::maven, {"31.0-android", "31.0-jre", "31.1-android", "31.1-jre", "32"});
    expect_equal(Scheme::maven, {"1", "1.0", "1.0.0", "1-ga", "1.final", "1-FINAL", "1.release", "1.", "1-", "01"});
    expect_equal(Scheme::maven, {"1-a1", "1-alpha-1", "1.0.a1", "1alpha1"});
    expect_equal(Scheme::maven, {"1-rc1", "1-cr1", "1.RC1"});
    EXPECT_EQ(sign(Scheme::maven, "1-1", "1.1"), -1);
    EXPECT_EQ(sign(Scheme::maven, "1-a", "1-alpha"), 1);  // "a" is short for alpha only before a digit
    EXPECT_EQ(sign(Scheme::maven, "20240101000000000000000", "20240101000000000000001"), -1);
    expect_none(Scheme::maven, {"", "1 0", "1\n"});
}

TEST(GemVersion, FollowsRubyGems) {
    expect_ladder(Scheme::gem, {"1.0.a", "1.0.a.2", "1.0.b1", "1.0.rc1", "1.0", "1.0.1", "1.1.a", "1.1", "1.10", "2"});
    expect_ladder(Scheme::gem, {"1.0.0-1", "1.0.0", "1.0.1-a", "1.0.1"});
    expect_equal(Scheme::gem, {"1", "1.0", "1.0.0", "01.0"});
    expect_equal(Scheme::gem, {"1.0.a", "1.a", "1.0.0.a.0"});
    expect_equal(Scheme::gem, {"1.0-2", "1.pre.2", "1.0.0.pre.2"});
    expect_none(Scheme::gem, {"", "a", "1a", "1..2", "1.", "1.0_1", "1.0-", "1.0 2", "1.13.0-x86_64-linux"});
}

TEST(NugetVersion, FollowsItsDocumentation) {
    expect_ladder(Scheme::nuget, {"1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.2", "1.0.0-alpha.10", "1.0.0-BETA",
                                  "1.0.0-rc", "1.0.0", "1.0.0.1", "1.0.1", "1.10"});
    expect_equal(Scheme::nuget, {"1", "1.0", "1.0.0", "1.0.0.0", "1.00.0", "1.0+sha.1"});
    expect_equal(Scheme::nuget, {"1.0.0-Beta", "1.0.0-beta", "1.0.0.0-BETA+x"});
    // A date with a time fits no 32 bits, so NuGet reads it as text.
    EXPECT_EQ(sign(Scheme::nuget, "1.0.0-99999999999", "1.0.0-100000000000"), 1);
    expect_none(Scheme::nuget, {"", "v1.0", "1.0.0.0.0", "1..0", "1.0-", "1.0-a..b", "1.0+", "a", "-1"});
}

TEST(PackagistVersion, FollowsComposer) {
    expect_ladder(Scheme::packagist, {"1.0-dev", "1.0-alpha1", "1.0-alpha2", "1.0-beta", "1.0-RC1-dev", "1.0-RC1",
                                      "1.0", "1.0-patch1", "1.0.1", "1.x-dev", "2.0", "2010.01.02", "20100102"});
    expect_equal(Scheme::packagist, {"1", "v1.0", "1.0.0.0", "1.0-stable", "1.0.0+build", "1.0@beta", "1.0."});
    expect_equal(Scheme::packagist, {"1.0-b2", "1.0.0beta2", "1.0_beta.2", "1.0-BETA-2"});
    expect_equal(Scheme::packagist, {"1.0-p1", "1.0pl1", "1.0.0-patch-1"});
    expect_equal(Scheme::packagist, {"2010-01-02.5", "2010:01:02.5"});
    expect_none(Scheme::packagist,
                {"", "dev-master", "master", "1.2.3.4.5", "12345x", "1.0-foo", "1.0 as 2.0", "1.0,2"});
}

TEST(Version, KnowsItsSchemesByName) {
    for (const std::string_view name :
         {"deb", "rpm", "apk", "npm", "go", "crates", "pypi", "maven", "gem", "nuget", "packagist"}) {
        ASSERT_TRUE(parse_scheme(name)) << name;
        EXPECT_EQ(name_of(*parse_scheme(name)), name);
    }
    EXPECT_FALSE(parse_scheme("Deb"));
    EXPECT_FALSE(parse_scheme(""));
}

TEST(Version, EndsAtItsLengthLimit) {
    const std::string longest(max_length, '1');
    EXPECT_EQ(sign(Scheme::maven, longest, longest), 0);
    EXPECT_EQ(sign(Scheme::maven, longest + "1", longest), 2);
}

// Texts near real versions of a scheme: its own pieces, one after the other.
struct Pieces {
    Scheme scheme;
    std::vector<std::string> starts;
    std::vector<std::string> pieces;
};

std::ostream& operator<<(std::ostream& out, const Pieces& pieces) {
    return out << name_of(pieces.scheme);
}

rc::Gen<std::string> version_of(const Pieces& pieces) {
    return rc::gen::map(
        rc::gen::pair(
            rc::gen::elementOf(pieces.starts),
            rc::gen::resize(6, rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(pieces.pieces)))),
        [](const std::pair<std::string, std::vector<std::string>>& parts) {
            auto text = parts.first;
            for (const auto& piece : parts.second) text += piece;
            return text;
        });
}

class AnyVersion : public testing::TestWithParam<Pieces> {};

TEST_P(AnyVersion, IsOrdered) {
    const auto& pieces = GetParam();
    const auto scheme = pieces.scheme;
    EXPECT_TRUE(rc::check([&] {
        const auto a = *version_of(pieces);
        const auto b = *version_of(pieces);
        const auto c = *version_of(pieces);
        const bool all = is_version(scheme, a) && is_version(scheme, b) && is_version(scheme, c);
        RC_ASSERT(sign(scheme, a, b) != 2 || !is_version(scheme, a) || !is_version(scheme, b));
        if (!all) return;
        RC_ASSERT(sign(scheme, a, a) == 0);
        RC_ASSERT(sign(scheme, a, b) == -sign(scheme, b, a));
        if (sign(scheme, a, b) <= 0 && sign(scheme, b, c) <= 0) {
            RC_ASSERT(sign(scheme, a, c) <= 0);
            if (sign(scheme, a, b) < 0 || sign(scheme, b, c) < 0) RC_ASSERT(sign(scheme, a, c) < 0);
        }
    }));
}

const std::vector<Pieces> pieces_of_all{
    {Scheme::deb, {"1", "1.0", "0:1"}, {"0", "1", "10", ".", "-", "~", "+", "a", "Z", ":"}},
    // Always with a release: without one, a version equals several that differ.
    {Scheme::rpm, {"1-1", "1.0-1", "1:1-"}, {"0", "1", "10", ".", "~", "^", "_", "a", "Z"}},
    {Scheme::apk, {"1", "1.0", "0.01"}, {".0", ".1", ".01", "a", "_alpha", "_p", "1", "0", "-r1", "~a"}},
    {Scheme::npm, {"1.0.0", "1.0.0-", "0.0.0-a"}, {"0", "1", ".", "a", "-", "B", "+"}},
    {Scheme::go, {"v1", "v1.0.0-", "1.0"}, {"0", "1", ".", "a", "-", "B", "+"}},
    {Scheme::crates, {"1.0.0", "1.0.0-"}, {"0", "1", ".", "a", "-", "B", "+"}},
    {Scheme::pypi, {"1", "1.0", "1!1"}, {"0", "1", ".", "-", "a", "b", "rc", "dev", "post", "+", "x"}},
    {Scheme::gem, {"1", "1.0", "1.a"}, {"0", "1", ".", "a", "-", "B", "rc"}},
    {Scheme::nuget, {"1", "1.0.0", "1.0.0-"}, {"0", "1", ".", "a", "-", "B", "+", "99999999999"}},
    {Scheme::packagist, {"1", "1.0.0-", "2010-01"}, {"0", "1", ".", "-", "a", "beta", "rc", "dev", "p", "x"}},
};
INSTANTIATE_TEST_SUITE_P(Every, AnyVersion, testing::ValuesIn(pieces_of_all),
                         [](const auto& each) { return std::string(name_of(each.param.scheme)); });

// Maven's own order has cycles (1-0.foo among numbers and lists), so only what it promises is asked of it.
TEST(MavenVersion, IsAntisymmetric) {
    const Pieces pieces{Scheme::maven, {"1", "1.0", "1-"}, {"0", "1", ".", "-", "a", "rc", "final", "foo", "sp"}};
    EXPECT_TRUE(rc::check([&] {
        const auto a = *version_of(pieces);
        const auto b = *version_of(pieces);
        RC_ASSERT(sign(Scheme::maven, a, a) == 0);
        RC_ASSERT(sign(Scheme::maven, a, b) == -sign(Scheme::maven, b, a));
    }));
}

TEST(DebVersion, AgreesWithDpkg) {
    if (std::system("dpkg --version > /dev/null 2>&1") != 0) GTEST_SKIP() << "no dpkg on this machine";
    const std::vector<std::string> versions{"1.0",     "1.0~",  "1.0~rc1", "1.0-1",        "1.0-1+b1",
                                            "1.0-1.1", "1:0.9", "1.0a",    "1.0+dfsg",     "1.0.~1",
                                            "1.0-0",   "0:1.0", "1.01",    "1.0-1~bpo12+1"};
    std::string script;
    for (const auto& a : versions) {
        for (const auto& b : versions) {
            const int expected = sign(Scheme::deb, a, b);
            const char* relation = expected < 0 ? "lt" : expected > 0 ? "gt" : "eq";
            script.append("dpkg --compare-versions '").append(a).append("' ").append(relation);
            script.append(" '")
                .append(b)
                .append("' || { echo '")
                .append(a)
                .append(" ")
                .append(b)
                .append("'; exit 1; }\n");
        }
    }
    EXPECT_EQ(std::system(script.c_str()), 0);
}

}  // namespace
}  // namespace berth::versions
