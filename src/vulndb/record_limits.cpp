#include "vulndb/record_limits.hpp"

#include <algorithm>

namespace berth::vulndb {

namespace {

// Not in the middle of a UTF-8 sequence.
void cut(std::string& text, std::size_t most) {
    if (text.size() <= most) return;
    std::size_t end = most;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) --end;
    text.resize(end);
}

void sort_and_unite(std::vector<std::string>& names) {
    std::ranges::sort(names);
    const auto [first, last] = std::ranges::unique(names);
    names.erase(first, last);
}

// Of a name or a version: something, short, and nothing that breaks a line of output.
bool is_word(std::string_view text, std::size_t most) {
    return !text.empty() && text.size() <= most &&
           std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

bool is_word_or_empty(std::string_view text, std::size_t most) {
    return text.empty() || is_word(text, most);
}

bool are_words(const std::vector<std::string>& texts, std::size_t most) {
    return std::ranges::all_of(texts, [most](const auto& text) { return is_word(text, most); });
}

bool is_good(const Range& range) {
    return is_word_or_empty(range.introduced, limits::version_bytes) &&
           (!range.fixed || is_word(*range.fixed, limits::version_bytes)) &&
           (!range.last_affected || is_word(*range.last_affected, limits::version_bytes));
}

std::string_view check(const Advice& advice) {
    if (advice.stream.ecosystem.empty() || advice.stream.release.size() > limits::word_bytes) return "a bad ecosystem";
    if (!is_word(advice.package, limits::package_bytes)) return "a bad package name";
    const auto& affected = advice.affected;
    if (affected.ranges.size() > limits::ranges) return "too many ranges";
    if (affected.versions.size() > limits::versions) return "too many versions";
    if (!std::ranges::all_of(affected.ranges, is_good) || !are_words(affected.versions, limits::version_bytes))
        return "a bad version";
    if (!is_word_or_empty(affected.severity, limits::word_bytes) ||
        !is_word_or_empty(affected.module_label, limits::word_bytes) ||
        affected.architectures.size() > limits::scores || !are_words(affected.architectures, limits::word_bytes))
        return "a bad word";
    return {};
}

std::string_view check(const std::vector<Score>& scores) {
    if (scores.size() > limits::scores) return "too many scores";
    const bool good = std::ranges::all_of(scores, [](const Score& score) {
        return is_word(score.vector, limits::version_bytes) && is_word_or_empty(score.source, limits::word_bytes);
    });
    return good ? std::string_view{} : "a bad score";
}

std::string_view check(const Vulnerability& vulnerability) {
    if (!is_word(vulnerability.id, limits::name_bytes)) return "a bad name";
    if (vulnerability.aliases.size() > limits::names || vulnerability.related.size() > limits::names)
        return "too many names";
    if (!are_words(vulnerability.aliases, limits::name_bytes) || !are_words(vulnerability.related, limits::name_bytes))
        return "a bad alias";
    if (!is_word_or_empty(vulnerability.severity, limits::word_bytes)) return "a bad severity";
    return check(vulnerability.scores);
}

void tidy(Vulnerability& vulnerability) {
    cut(vulnerability.summary, limits::summary_bytes);
    cut(vulnerability.details, limits::details_bytes);
    std::erase_if(vulnerability.references,
                  [](const auto& reference) { return !is_word(reference, limits::reference_bytes); });
    if (vulnerability.references.size() > limits::references) vulnerability.references.resize(limits::references);
    if (!is_word(vulnerability.uri, limits::reference_bytes)) vulnerability.uri.clear();
    for (auto* time : {&vulnerability.published_at, &vulnerability.modified_at})
        if (*time && **time < 0) time->reset();
    std::erase(vulnerability.aliases, vulnerability.id);
    sort_and_unite(vulnerability.aliases);
    sort_and_unite(vulnerability.related);
}

// What is no number (NaN) compares with nothing, and is none either.
bool is_probability(double value) {
    return value >= 0 && value <= 1;
}

}  // namespace

std::string tidy(Record& record) {
    tidy(record.vulnerability);
    for (auto& advice : record.advice) sort_and_unite(advice.affected.architectures);
    if (record.advice.size() > limits::advice) return "too many packages";
    if (const auto wrong = check(record.vulnerability); !wrong.empty()) return std::string(wrong);
    for (const auto& advice : record.advice)
        if (const auto wrong = check(advice); !wrong.empty()) return std::string(wrong);
    return {};
}

std::string tidy(Enrichment& enrichment) {
    if (!enrichment.cve.starts_with("CVE-") || !is_word(enrichment.cve, limits::name_bytes)) return "not a CVE";
    if (enrichment.epss && !is_probability(*enrichment.epss)) return "not a probability";
    return std::string(check(enrichment.scores));
}

}  // namespace berth::vulndb
