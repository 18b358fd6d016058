// What one record may hold, whoever reads it: the bound between a feed that is odd and one that is hostile.
#pragma once

#include "base/size.hpp"
#include "vulndb/record.hpp"

#include <string>

namespace berth::vulndb {

namespace limits {
inline constexpr std::size_t name_bytes = 256;      // of a vulnerability
inline constexpr std::size_t package_bytes = 1024;  // Go's module paths are the longest
inline constexpr std::size_t version_bytes = 512;
inline constexpr std::size_t word_bytes = 128;  // severity, architecture, module, release
inline constexpr std::size_t names = 8192;      // aliases and related names: the errata of a kernel have hundreds
inline constexpr std::size_t advice = 100'000;
inline constexpr std::size_t ranges = 10'000;     // of one package
inline constexpr std::size_t versions = 100'000;  // of one package
inline constexpr std::size_t scores = 64;
// Prose is cut, not refused.
inline constexpr std::size_t summary_bytes = 1024;
inline constexpr std::size_t details_bytes = 16_KiB;
inline constexpr std::size_t references = 32;
inline constexpr std::size_t reference_bytes = 2048;
}  // namespace limits

// Cuts prose, drops dates before 1970 and sorts and unites names. Then: why the record cannot be used; empty: it can.
[[nodiscard]] std::string tidy(Record& record);
[[nodiscard]] std::string tidy(Enrichment& enrichment);

}  // namespace berth::vulndb
