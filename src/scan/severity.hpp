// How bad: ECR's words, and the way to them from a publisher's word or a CVSS score.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace berth::scan {

// In the order in which ECR lists them, worst last, so that the larger is the worse.
enum class Severity : std::uint8_t { undefined, informational, low, medium, high, critical };

// CRITICAL, HIGH, MEDIUM, LOW, INFORMATIONAL, UNDEFINED.
[[nodiscard]] std::string_view name_of(Severity severity);
// Those words, without regard to case; also UNTRIAGED, which the enhanced form uses for UNDEFINED.
[[nodiscard]] std::optional<Severity> parse_severity(std::string_view name);

// A publisher's word: "unimportant", "important", "moderate", "negligible" ... nullopt: it does not say ("not yet
// assigned", "unknown", no word at all), so a score has to decide.
[[nodiscard]] std::optional<Severity> severity_of_word(std::string_view word);

// A CVSS base score, 0 to 10. Version 2 has no CRITICAL.
[[nodiscard]] Severity severity_of_score(double score, bool version_2);

}  // namespace berth::scan
