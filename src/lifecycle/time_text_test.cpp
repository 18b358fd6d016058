#include "lifecycle/time_text.hpp"

#include <gtest/gtest.h>

namespace berth::lifecycle {
namespace {

using namespace std::chrono;

TEST(TimeText, ReadsIsoAndEpochSeconds) {
    const Timestamp time = sys_days(2026y / 11 / 24) + 13h + 5s + 250ms;
    for (const auto* text :
         {"2026-11-24T13:00:05.25Z", "2026-11-24T13:00:05.250000+00:00", "2026-11-24T05:00:05.25-08:00",
          "2026-11-24 18:30:05.2509+0530", "2026-11-24T13:00:05,250", "1795525205.25"}) {
        EXPECT_EQ(parse_time(text), time) << text;
    }
    EXPECT_EQ(parse_time("2026-11-24"), Timestamp(sys_days(2026y / 11 / 24)));
    EXPECT_EQ(parse_time("2026-11-24T13:00Z"), time - 5s - 250ms);
    EXPECT_EQ(parse_time("0"), Timestamp());
    EXPECT_EQ(parse_time("2024-02-29"), Timestamp(sys_days(2024y / 2 / 29)));
}

TEST(TimeText, RefusesTheRest) {
    for (const auto* text : {"",
                             "yesterday",
                             "2026-11-31",
                             "2023-02-29",
                             "2026-13-01",
                             "0000-01-01",
                             "2026-11-24T24:00:00Z",
                             "2026-11-24T12:60Z",
                             "2026-11-24T12:00:61Z",
                             "2026-11-24T12",
                             "2026-11-24T12:00:00+24:00",
                             "2026-11-24x",
                             "2026-11-24T12:00:00.Z",
                             "2026-11-24T12:00:00Z ",
                             "1e9",
                             "nan",
                             "inf",
                             "253402300800",
                             "-1e300",
                             "99999999999999",
                             "9999-12-31T23:59:59-01:00",
                             "26-11-24",
                             "20261124"}) {
        EXPECT_EQ(parse_time(text), std::string_view(text) == "20261124" ? from_epoch_seconds(20261124) : std::nullopt)
            << text;
    }
}

TEST(TimeText, IsWrittenAsTheAwsCommandLineDoes) {
    const Timestamp time = sys_days(2026y / 1 / 2) + 3h + 4min + 5s + 6ms;
    EXPECT_EQ(to_iso_time(time), "2026-01-02T03:04:05.006000+00:00");
    EXPECT_EQ(to_iso_date(time), "2026-01-02");
    EXPECT_EQ(parse_time(to_iso_time(time)), time);
    EXPECT_EQ(to_iso_time(Timestamp(-1ms)), "1969-12-31T23:59:59.999000+00:00");
}

}  // namespace
}  // namespace berth::lifecycle
