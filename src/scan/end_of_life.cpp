// From the publishers' own pages: wiki.debian.org/LTS, ubuntu.com/about/release-cycle, alpinelinux.org/releases,
// access.redhat.com/support/policy/updates/errata, aws.amazon.com/amazon-linux-2/faqs,
// wiki.almalinux.org/release-notes, wiki.rockylinux.org/rocky/version, suse.com/lifecycle.
#include "scan/end_of_life.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace berth::scan {

namespace {

using namespace std::chrono;

struct End {
    std::string_view ecosystem;
    std::string_view release;
    year_month_day day;
};

constexpr std::array ends{
    End{"Debian", "8", 2020y / June / 30},           End{"Debian", "9", 2022y / June / 30},
    End{"Debian", "10", 2024y / June / 30},          End{"Debian", "11", 2026y / August / 31},
    End{"Debian", "12", 2028y / June / 30},          End{"Ubuntu", "14.04", 2019y / April / 30},
    End{"Ubuntu", "16.04", 2021y / April / 30},      End{"Ubuntu", "18.04", 2023y / May / 31},
    End{"Ubuntu", "20.04", 2025y / May / 31},        End{"Ubuntu", "22.04", 2027y / April / 30},
    End{"Ubuntu", "24.04", 2029y / April / 30},      End{"Alpine", "3.10", 2021y / May / 1},
    End{"Alpine", "3.11", 2021y / November / 1},     End{"Alpine", "3.12", 2022y / May / 1},
    End{"Alpine", "3.13", 2022y / November / 1},     End{"Alpine", "3.14", 2023y / May / 1},
    End{"Alpine", "3.15", 2023y / November / 1},     End{"Alpine", "3.16", 2024y / May / 23},
    End{"Alpine", "3.17", 2024y / November / 22},    End{"Alpine", "3.18", 2025y / May / 9},
    End{"Alpine", "3.19", 2025y / November / 1},     End{"Alpine", "3.20", 2026y / April / 1},
    End{"Alpine", "3.21", 2026y / November / 1},     End{"Red Hat", "6", 2020y / November / 30},
    End{"Red Hat", "7", 2024y / June / 30},          End{"Red Hat", "8", 2029y / May / 31},
    End{"Red Hat", "9", 2032y / May / 31},           End{"AlmaLinux", "8", 2029y / March / 1},
    End{"AlmaLinux", "9", 2032y / May / 31},         End{"Rocky Linux", "8", 2029y / May / 31},
    End{"Rocky Linux", "9", 2032y / May / 31},       End{"Amazon Linux", "1", 2023y / December / 31},
    End{"Amazon Linux", "2", 2026y / June / 30},     End{"Oracle Linux", "6", 2021y / March / 31},
    End{"Oracle Linux", "7", 2024y / December / 31}, End{"openSUSE", "15.3", 2022y / December / 31},
    End{"openSUSE", "15.4", 2023y / December / 7},   End{"openSUSE", "15.5", 2024y / December / 31},
};

}  // namespace

std::optional<year_month_day> end_of_life(const vulndb::Stream& stream) {
    const auto* found = std::ranges::find_if(
        ends, [&](const End& end) { return end.ecosystem == stream.ecosystem && end.release == stream.release; });
    if (found == ends.end()) return std::nullopt;
    return found->day;
}

}  // namespace berth::scan
