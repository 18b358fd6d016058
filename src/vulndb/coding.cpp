#include "vulndb/coding.hpp"

#include <limits>

namespace berth::vulndb {

namespace {

void encode_score_list(Encoder& to, const std::vector<Score>& scores) {
    to.number(scores.size());
    for (const auto& score : scores) {
        to.text(score.vector);
        to.text(score.source);
    }
}

std::vector<Score> decode_score_list(Decoder& from) {
    std::vector<Score> scores(from.count());
    for (auto& score : scores) {
        score.vector = from.text();
        score.source = from.text();
    }
    return scores;
}

FixState checked_state(std::uint64_t value) {
    if (value > static_cast<std::uint64_t>(FixState::undetermined)) throw BadCoding();
    return static_cast<FixState>(value);
}

}  // namespace

void Encoder::number(std::uint64_t value) {
    while (value >= 0x80) {
        bytes_ += static_cast<char>((value & 0x7f) | 0x80);
        value >>= 7;
    }
    bytes_ += static_cast<char>(value);
}

void Encoder::text(std::string_view value) {
    number(value.size());
    bytes_ += value;
}

void Encoder::texts(const std::vector<std::string>& values) {
    number(values.size());
    for (const auto& value : values) text(value);
}

// Nothing, or the text: the length plus one tells them apart.
void Encoder::optional_text(const std::optional<std::string>& value) {
    number(value ? value->size() + 1 : 0);
    if (value) bytes_ += *value;
}

void Encoder::optional_time(const std::optional<std::int64_t>& value) {
    // Times before 1970 do not come in: record_limits refuses them.
    number(value ? static_cast<std::uint64_t>(*value) + 1 : 0);
}

std::uint64_t Decoder::number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        if (rest_.empty()) throw BadCoding();
        const auto byte = static_cast<unsigned char>(rest_.front());
        rest_.remove_prefix(1);
        value |= static_cast<std::uint64_t>(byte & 0x7fU) << shift;
        if (byte < 0x80) return value;
    }
    throw BadCoding();
}

std::size_t Decoder::count() {
    const auto value = number();
    if (value > rest_.size()) throw BadCoding();
    return value;
}

std::string_view Decoder::text() {
    const auto size = count();
    const auto value = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return value;
}

std::vector<std::string> Decoder::texts() {
    std::vector<std::string> values(count());
    for (auto& value : values) value = text();
    return values;
}

std::optional<std::string> Decoder::optional_text() {
    const auto length = number();
    if (length == 0) return std::nullopt;
    if (length - 1 > rest_.size()) throw BadCoding();
    std::string value(rest_.substr(0, length - 1));
    rest_.remove_prefix(length - 1);
    return value;
}

std::optional<std::int64_t> Decoder::optional_time() {
    const auto value = number();
    if (value == 0) return std::nullopt;
    if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) throw BadCoding();
    return static_cast<std::int64_t>(value - 1);
}

void encode_affected(Encoder& to, const Affected& affected) {
    to.number(static_cast<std::uint64_t>(affected.state));
    to.text(affected.severity);
    to.text(affected.module_label);
    to.texts(affected.architectures);
    to.number(affected.ranges.size());
    for (const auto& range : affected.ranges) {
        to.text(range.introduced);
        to.optional_text(range.fixed);
        to.optional_text(range.last_affected);
    }
    to.texts(affected.versions);
}

Affected decode_affected(Decoder& from) {
    Affected affected;
    affected.state = checked_state(from.number());
    affected.severity = from.text();
    affected.module_label = from.text();
    affected.architectures = from.texts();
    affected.ranges.resize(from.count());
    for (auto& range : affected.ranges) {
        range.introduced = from.text();
        range.fixed = from.optional_text();
        range.last_affected = from.optional_text();
    }
    affected.versions = from.texts();
    return affected;
}

std::string encode_entries(std::span<const Entry> entries) {
    Encoder to;
    for (const auto& entry : entries) {
        to.number(static_cast<std::uint64_t>(entry.affected.vulnerability) << 1 | (entry.hidden ? 1U : 0U));
        encode_affected(to, entry.affected);
    }
    return to.take();
}

std::vector<Entry> decode_entries(std::string_view bytes) {
    Decoder from(bytes);
    std::vector<Entry> entries;
    while (!from.done()) {
        const auto head = from.number();
        entries.push_back({.affected = decode_affected(from), .hidden = (head & 1) != 0});
        entries.back().affected.vulnerability = static_cast<std::int64_t>(head >> 1);
    }
    return entries;
}

std::string encode_vulnerability(const Vulnerability& vulnerability) {
    Encoder to;
    to.text(vulnerability.id);
    to.texts(vulnerability.aliases);
    to.texts(vulnerability.related);
    to.text(vulnerability.summary);
    to.text(vulnerability.details);
    to.text(vulnerability.source);
    to.text(vulnerability.uri);
    to.text(vulnerability.severity);
    encode_score_list(to, vulnerability.scores);
    to.texts(vulnerability.references);
    to.optional_time(vulnerability.published_at);
    to.optional_time(vulnerability.modified_at);
    return to.take();
}

Vulnerability decode_vulnerability(std::string_view bytes) {
    Decoder from(bytes);
    Vulnerability vulnerability;
    vulnerability.id = from.text();
    vulnerability.aliases = from.texts();
    vulnerability.related = from.texts();
    vulnerability.summary = from.text();
    vulnerability.details = from.text();
    vulnerability.source = from.text();
    vulnerability.uri = from.text();
    vulnerability.severity = from.text();
    vulnerability.scores = decode_score_list(from);
    vulnerability.references = from.texts();
    vulnerability.published_at = from.optional_time();
    vulnerability.modified_at = from.optional_time();
    return vulnerability;
}

std::string encode_scores(const std::vector<Score>& scores) {
    Encoder to;
    encode_score_list(to, scores);
    return to.take();
}

std::vector<Score> decode_scores(std::string_view bytes) {
    Decoder from(bytes);
    return decode_score_list(from);
}

}  // namespace berth::vulndb
