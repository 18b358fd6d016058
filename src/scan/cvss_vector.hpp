// The metrics of a CVSS vector by name, before a version gives them weight.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace berth::scan {

// A base metric and the letters it may have.
struct Metric {
    std::string_view name;
    std::string_view values;
};

// The letter of each metric of a version's table, at the metric's place in it.
inline constexpr std::size_t most_metrics = 11;
using Letters = std::array<char, most_metrics>;

// "AV:N/AC:L/...", without a prefix. Every metric of the table must be there once with a letter it knows; other metrics
// are read past. nullopt otherwise, and for texts longer than any vector is.
[[nodiscard]] std::optional<Letters> read_letters(std::string_view vector, std::span<const Metric> table);

// Base scores; the letters are those of the version's table in cvss.cpp.
[[nodiscard]] double score_2(const Letters& letters);
[[nodiscard]] double score_3(const Letters& letters, bool minor_0);
[[nodiscard]] double score_4(const Letters& letters);

}  // namespace berth::scan
