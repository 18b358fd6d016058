// The last days of support, as of November 2026; where a publisher names a month, its last day. The publishers' pages,
// read through the tables of https://endoflife.date and of Debian's package distro-info-data, which follow them:
//
//   Debian        https://wiki.debian.org/LTS, the end of LTS
//   Ubuntu        https://wiki.ubuntu.com/Releases
//   Alpine        https://alpinelinux.org/releases/, the repository main
//   Red Hat       https://access.redhat.com/support/policy/updates/errata, the end of maintenance support
//   AlmaLinux     https://wiki.almalinux.org/release-notes/
//   Rocky Linux   https://wiki.rockylinux.org/rocky/version/
//   Amazon Linux  https://docs.aws.amazon.com/linux/al2023/ug/release-cadence.html,
//                 https://aws.amazon.com/amazon-linux-2/faqs/,
//                 https://aws.amazon.com/blogs/aws/update-on-amazon-linux-ami-end-of-life/
//   Oracle Linux  https://www.oracle.com/a/ocom/docs/elsp-lifetime-069338.pdf, the end of premier support
//   openSUSE      https://en.opensuse.org/Lifetime
//   SUSE          https://www.suse.com/lifecycle, the end of general support
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
    End{"Debian", "8", 2020y / June / 30},         End{"Debian", "9", 2022y / June / 30},
    End{"Debian", "10", 2024y / June / 30},        End{"Debian", "11", 2026y / August / 31},
    End{"Debian", "12", 2028y / June / 30},        End{"Debian", "13", 2030y / June / 30},
    End{"Ubuntu", "14.04", 2019y / April / 30},    End{"Ubuntu", "16.04", 2021y / April / 30},
    End{"Ubuntu", "18.04", 2023y / May / 31},      End{"Ubuntu", "20.04", 2025y / May / 31},
    End{"Ubuntu", "20.10", 2021y / July / 22},     End{"Ubuntu", "21.04", 2022y / January / 20},
    End{"Ubuntu", "21.10", 2022y / July / 14},     End{"Ubuntu", "22.04", 2027y / June / 1},
    End{"Ubuntu", "22.10", 2023y / July / 20},     End{"Ubuntu", "23.04", 2024y / January / 25},
    End{"Ubuntu", "23.10", 2024y / July / 11},     End{"Ubuntu", "24.04", 2029y / May / 31},
    End{"Ubuntu", "24.10", 2025y / July / 10},     End{"Ubuntu", "25.04", 2026y / January / 15},
    End{"Ubuntu", "25.10", 2026y / July / 9},      End{"Ubuntu", "26.04", 2031y / May / 29},
    End{"Alpine", "3.9", 2020y / November / 1},    End{"Alpine", "3.10", 2021y / May / 1},
    End{"Alpine", "3.11", 2021y / November / 1},   End{"Alpine", "3.12", 2022y / May / 1},
    End{"Alpine", "3.13", 2022y / November / 1},   End{"Alpine", "3.14", 2023y / May / 1},
    End{"Alpine", "3.15", 2023y / November / 1},   End{"Alpine", "3.16", 2024y / May / 23},
    End{"Alpine", "3.17", 2024y / November / 22},  End{"Alpine", "3.18", 2025y / May / 9},
    End{"Alpine", "3.19", 2025y / November / 1},   End{"Alpine", "3.20", 2026y / April / 1},
    End{"Alpine", "3.21", 2026y / November / 1},   End{"Alpine", "3.22", 2027y / May / 1},
    End{"Alpine", "3.23", 2027y / November / 1},   End{"Alpine", "3.24", 2028y / June / 1},
    End{"Red Hat", "6", 2020y / November / 30},    End{"Red Hat", "7", 2024y / June / 30},
    End{"Red Hat", "8", 2029y / May / 31},         End{"Red Hat", "9", 2032y / May / 31},
    End{"Red Hat", "10", 2035y / May / 31},        End{"AlmaLinux", "8", 2029y / March / 1},
    End{"AlmaLinux", "9", 2032y / May / 31},       End{"AlmaLinux", "10", 2035y / May / 31},
    End{"Rocky Linux", "8", 2029y / May / 31},     End{"Rocky Linux", "9", 2032y / May / 31},
    End{"Rocky Linux", "10", 2035y / May / 31},    End{"Amazon Linux", "1", 2023y / December / 31},
    End{"Amazon Linux", "2", 2026y / June / 30},   End{"Amazon Linux", "2023", 2029y / June / 30},
    End{"Oracle Linux", "6", 2021y / March / 31},  End{"Oracle Linux", "7", 2024y / December / 31},
    End{"Oracle Linux", "8", 2029y / July / 31},   End{"Oracle Linux", "9", 2032y / June / 30},
    End{"openSUSE", "15.0", 2019y / December / 3}, End{"openSUSE", "15.1", 2021y / February / 2},
    End{"openSUSE", "15.2", 2022y / January / 4},  End{"openSUSE", "15.3", 2022y / December / 31},
    End{"openSUSE", "15.4", 2023y / December / 7}, End{"openSUSE", "15.5", 2024y / December / 31},
    End{"openSUSE", "15.6", 2026y / April / 30},   End{"openSUSE", "16.0", 2027y / October / 31},
    End{"SUSE", "12.5", 2024y / October / 31},     End{"SUSE", "15.2", 2021y / December / 31},
    End{"SUSE", "15.3", 2022y / December / 31},    End{"SUSE", "15.4", 2023y / December / 31},
    End{"SUSE", "15.5", 2024y / December / 31},
};

}  // namespace

std::optional<year_month_day> end_of_life(const vulndb::Stream& stream) {
    const auto* found = std::ranges::find_if(
        ends, [&](const End& end) { return end.ecosystem == stream.ecosystem && end.release == stream.release; });
    if (found == ends.end()) return std::nullopt;
    return found->day;
}

}  // namespace berth::scan
