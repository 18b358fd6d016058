#include "api/aws/decode.hpp"

#include "base/encoding.hpp"
#include "base/utf8.hpp"

#include <cmath>

namespace berth::api::aws {

namespace {

std::string at_least(std::string_view start, std::string_view what, auto limit) {
    return std::string(start) + "have " + std::string(what) + " greater than or equal to " + std::to_string(limit);
}
std::string at_most(std::string_view start, std::string_view what, auto limit) {
    return std::string(start) + "have " + std::string(what) + " less than or equal to " + std::to_string(limit);
}

constexpr std::string_view text_start = "must ";
constexpr std::string_view member_start = "Member must ";

}  // namespace

void decode_text(const json::value& in, std::string& out, const TextRule& rule, const Path& at, Findings& findings) {
    const auto* text = in.if_string();
    if (text == nullptr) return findings.wrong_type(at, "a string");
    const auto length = count_characters({text->data(), text->size()});
    if (length < rule.min) {
        return findings.broken(at, at_least(text_start, "length", rule.min), rule.shown_name);
    }
    if (length > rule.max && !rule.setting_for_max) {
        return findings.broken(at, at_most(text_start, "length", rule.max), rule.shown_name);
    }
    if (rule.accepts != nullptr && !rule.accepts({text->data(), text->size()})) {
        std::string reason("must satisfy regular expression '");
        reason += rule.shown_pattern.empty() ? rule.pattern : rule.shown_pattern;
        reason += '\'';
        return findings.broken(at, reason, rule.shown_name);
    }
    out.assign(text->data(), text->size());
}

void decode_number(const json::value& in, std::int64_t& out, std::int64_t min, std::int64_t max, const Path& at,
                   Findings& findings) {
    if (in.is_uint64()) {  // only what does not fit an int64
        return findings.broken(at, at_most(member_start, "value", max));
    }
    const auto* number = in.if_int64();
    if (number == nullptr) return findings.wrong_type(at, "an integer");
    if (*number < min) return findings.broken(at, at_least(member_start, "value", min));
    if (*number > max) return findings.broken(at, at_most(member_start, "value", max));
    out = *number;
}

void decode_bytes(const json::value& in, std::string& out, std::size_t max, const Path& at, Findings& findings) {
    const auto* text = in.if_string();
    if (text == nullptr) return findings.wrong_type(at, "a base64 string");
    if (text->size() / 4 * 3 > max + 2) return findings.broken(at, at_most(member_start, "length", max));
    auto bytes = from_base64({text->data(), text->size()});
    if (!bytes) return findings.wrong_type(at, "a base64 string");
    if (bytes->size() > max) return findings.broken(at, at_most(member_start, "length", max));
    out = std::move(*bytes);
}

void decode_timestamp(const json::value& in, Timestamp& out, const Path& at, Findings& findings) {
    constexpr double latest = 253'402'300'800;  // the year 10000
    if (!in.is_number()) return findings.wrong_type(at, "a time in epoch seconds");
    const auto seconds = in.is_double()  ? in.get_double()
                         : in.is_int64() ? static_cast<double>(in.get_int64())
                                         : static_cast<double>(in.get_uint64());
    if (!(std::abs(seconds) < latest)) return findings.wrong_type(at, "a time in epoch seconds");
    out = Timestamp(std::chrono::milliseconds(std::llround(seconds * 1000)));
}

std::optional<std::size_t> decode_enum(const json::value& in, std::span<const std::string_view> names, const Path& at,
                                       Findings& findings) {
    const auto* text = in.if_string();
    if (text == nullptr) {
        findings.wrong_type(at, "a string");
        return std::nullopt;
    }
    std::string all;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] == std::string_view(text->data(), text->size())) return i;
        if (i > 0) all += ", ";
        all += names[i];
    }
    findings.broken(at, "Member must satisfy enum value set: [" + all + "]");
    return std::nullopt;
}

const json::array* decode_list(const json::value& in, std::size_t min, std::size_t max, const Path& at,
                               Findings& findings) {
    const auto* values = in.if_array();
    if (values == nullptr) {
        findings.wrong_type(at, "a list");
        return nullptr;
    }
    if (values->size() < min) {
        findings.broken(at, at_least(member_start, "length", min));
        return nullptr;
    }
    if (values->size() > max) {
        findings.broken(at, at_most(member_start, "length", max));
        return nullptr;
    }
    return values;
}

void report_missing(const Path& at, const TextRule* rule, Findings& findings) {
    const bool short_form = rule != nullptr && rule->null_wording == NullWording::must_not;
    findings.broken(at, short_form ? "must not be null" : "Member must not be null",
                    rule == nullptr ? std::string_view() : rule->shown_name);
}

}  // namespace berth::api::aws
