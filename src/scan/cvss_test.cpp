// Published examples: FIRST's documents of examples of each version, https://www.first.org/cvss/
#include "scan/cvss.hpp"

#include "scan/severity.hpp"

#include <gtest/gtest.h>

namespace berth::scan {
namespace {

struct Example {
    const char* vector;
    double score;
};

void expect_scores(std::string_view version, std::initializer_list<Example> examples) {
    for (const auto& [vector, score] : examples) {
        const auto cvss = parse_cvss(vector, "NVD");
        ASSERT_TRUE(cvss) << vector;
        EXPECT_EQ(cvss->version, version) << vector;
        EXPECT_DOUBLE_EQ(cvss->score, score) << vector;
        EXPECT_EQ(cvss->vector, vector);
        EXPECT_EQ(cvss->source, "NVD");
    }
}

TEST(Cvss, ScoresVersion2) {
    expect_scores("2.0", {{"AV:N/AC:L/Au:N/C:N/I:N/A:C", 7.8},    // CVE-2002-0392
                          {"AV:N/AC:L/Au:N/C:C/I:C/A:C", 10.0},   // CVE-2003-0818
                          {"(AV:L/AC:H/Au:N/C:C/I:C/A:C)", 6.2},  // CVE-2003-0062
                          {"AV:N/AC:L/Au:N/C:N/I:N/A:N", 0.0},
                          {"AV:N/AC:L/Au:N/C:C/I:C/A:C/E:F/RL:OF/RC:C", 10.0}});
}

TEST(Cvss, ScoresVersion3) {
    expect_scores("3.1", {{"CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 6.1},  // CVE-2013-1937
                          {"CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N", 6.4},  // CVE-2013-0375
                          {"CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N", 3.1},  // CVE-2014-3566
                          {"CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:H/I:H/A:H", 9.9},  // CVE-2012-1516
                          {"CVSS:3.1/AV:L/AC:L/PR:H/UI:N/S:U/C:L/I:L/A:L", 4.2},  // CVE-2009-0783
                          {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", 7.5},  // CVE-2014-0160
                          {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8},  // CVE-2014-6271
                          {"CVSS:3.1/AV:P/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 6.8},  // CVE-2014-2005
                          {"CVSS:3.1/AV:P/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0.0},
                          {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:P/MAV:L", 9.8}});
    expect_scores("3.0", {{"CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 10.0},
                          {"CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 6.1},
                          // Where the rounding of 3.1 was made to differ.
                          {"CVSS:3.0/AV:L/AC:H/PR:L/UI:N/S:U/C:L/I:N/A:N", 2.5}});
}

TEST(Cvss, ScoresVersion4) {
    expect_scores("4.0", {{"CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 7.3},  // CVE-2022-41741
                          {"CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:P/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 7.7},  // CVE-2020-3549
                          {"CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:N/VC:H/VI:L/VA:L/SC:N/SI:N/SA:N", 8.3},  // CVE-2023-3089
                          {"CVSS:4.0/AV:L/AC:L/AT:N/PR:N/UI:A/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N", 4.6},  // CVE-2021-44714
                          {"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:A/VC:N/VI:N/VA:N/SC:L/SI:L/SA:N", 5.1},  // CVE-2022-21830
                          {"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N", 8.7},  // CVE-2014-0160
                          {"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", 10.0},
                          {"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N", 0.0}});
}

TEST(Cvss, RefusesWhatIsNoVector) {
    for (const auto* text :
         {"", "CVSS:3.1", "CVSS:3.1/", "CVSS:3.1/AV:N", "CVSS:3.2/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
          "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:X", "CVSS:3.1/AV:N/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
          "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:HH", "CVSS:3.1/AV:N//AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
          "AV:N/AC:L/Au:N/C:P/I:P", "7.5", "CVSS:4.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}) {
        EXPECT_FALSE(parse_cvss(text, "")) << text;
    }
    EXPECT_FALSE(parse_cvss("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" + std::string(1000, '/'), ""));
}

TEST(Severity, HasEcrsWords) {
    EXPECT_EQ(name_of(Severity::informational), "INFORMATIONAL");
    EXPECT_EQ(parse_severity("high"), Severity::high);
    EXPECT_EQ(parse_severity("Untriaged"), Severity::undefined);
    EXPECT_FALSE(parse_severity("severe"));
    EXPECT_LT(Severity::undefined, Severity::informational);
    EXPECT_LT(Severity::high, Severity::critical);
}

TEST(Severity, FollowsTheScore) {
    EXPECT_EQ(severity_of_score(0, false), Severity::informational);
    EXPECT_EQ(severity_of_score(3.9, false), Severity::low);
    EXPECT_EQ(severity_of_score(4.0, false), Severity::medium);
    EXPECT_EQ(severity_of_score(6.9, false), Severity::medium);
    EXPECT_EQ(severity_of_score(7.0, false), Severity::high);
    EXPECT_EQ(severity_of_score(9.0, false), Severity::critical);
    EXPECT_EQ(severity_of_score(10.0, true), Severity::high);
}

TEST(Severity, KnowsThePublishersWords) {
    EXPECT_EQ(severity_of_word("unimportant"), Severity::informational);
    EXPECT_EQ(severity_of_word("negligible"), Severity::informational);
    EXPECT_EQ(severity_of_word("Moderate"), Severity::medium);
    EXPECT_EQ(severity_of_word("MODERATE"), Severity::medium);
    EXPECT_EQ(severity_of_word("important"), Severity::high);
    for (const auto* word : {"", "not yet assigned", "end-of-life", "unknown", "untriaged"}) {
        EXPECT_FALSE(severity_of_word(word)) << word;
    }
}

}  // namespace
}  // namespace berth::scan
