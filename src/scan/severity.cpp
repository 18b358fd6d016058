#include "scan/severity.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace berth::scan {

namespace {

struct Word {
    std::string_view word;
    Severity severity;
};

// ECR's own, in the order of the enumeration.
constexpr std::array names{
    Word{"UNDEFINED", Severity::undefined},
    Word{"INFORMATIONAL", Severity::informational},
    Word{"LOW", Severity::low},
    Word{"MEDIUM", Severity::medium},
    Word{"HIGH", Severity::high},
    Word{"CRITICAL", Severity::critical},
};

// Debian: unimportant to high. Ubuntu: negligible to critical. Red Hat and its kin: low to critical, with moderate and
// important between. "none" is a CVSS rating.
constexpr std::array vendor_words{
    Word{"unimportant", Severity::informational},
    Word{"negligible", Severity::informational},
    Word{"none", Severity::informational},
    Word{"informational", Severity::informational},
    Word{"low", Severity::low},
    Word{"medium", Severity::medium},
    Word{"moderate", Severity::medium},
    Word{"high", Severity::high},
    Word{"important", Severity::high},
    Word{"critical", Severity::critical},
};

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) {
        const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
        return lower(x) == lower(y);
    });
}

template <std::size_t count>
std::optional<Severity> look_up(const std::array<Word, count>& table, std::string_view word) {
    for (const auto& entry : table) {
        if (equal_ignoring_case(entry.word, word)) return entry.severity;
    }
    return std::nullopt;
}

}  // namespace

std::string_view name_of(Severity severity) {
    return names[static_cast<std::size_t>(severity)].word;
}

std::optional<Severity> parse_severity(std::string_view name) {
    if (equal_ignoring_case(name, "UNTRIAGED")) return Severity::undefined;
    return look_up(names, name);
}

std::optional<Severity> severity_of_word(std::string_view word) {
    return look_up(vendor_words, word);
}

Severity severity_of_score(double score, bool version_2) {
    if (score <= 0) return Severity::informational;
    if (score < 4) return Severity::low;
    if (score < 7) return Severity::medium;
    return score < 9 || version_2 ? Severity::high : Severity::critical;
}

}  // namespace berth::scan
