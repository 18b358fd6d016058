// CVSS vectors: a score lies between 0 and 10 and has one decimal.
#include "scan/cvss.hpp"

#include "check.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto cvss = berth::scan::parse_cvss({reinterpret_cast<const char*>(data), size}, "");
    if (!cvss) return 0;
    check(cvss->score >= 0 && cvss->score <= 10);
    check(std::abs(cvss->score * 10 - std::round(cvss->score * 10)) < 1e-9);
    return 0;
}
