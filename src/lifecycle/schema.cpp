#include "lifecycle/schema.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <limits>

namespace berth::lifecycle {

namespace json = boost::json;

namespace {

// What the caller sent, as a message repeats it: whole, unless it is very long.
std::string shown(const json::value& value) {
    constexpr std::size_t longest = 200;
    auto text = json::serialize(value);
    if (text.size() <= longest) return text;
    std::size_t end = longest;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;  // not inside a character
    return text.substr(0, end) + "...";
}

std::string listed(std::span<const std::string_view> words) {
    json::array list;
    for (const auto word : words) list.push_back(json::string_view(word.data(), word.size()));
    return shown(list);
}

std::string_view type_of(const json::value& value) {
    switch (value.kind()) {
        case json::kind::null:
            return "null";
        case json::kind::bool_:
            return "boolean";
        case json::kind::int64:
        case json::kind::uint64:
            return "integer";
        case json::kind::double_:
            return "number";
        case json::kind::string:
            return "string";
        case json::kind::array:
            return "array";
        case json::kind::object:
            return "object";
    }
    return "unknown";
}

void wrong_type(const json::value& value, std::string_view allowed, const std::string& at, Refusals& refusals) {
    refusals.add("instance type (" + std::string(type_of(value)) +
                     ") does not match any allowed primitive type (allowed: [\"" + std::string(allowed) + "\"])",
                 at);
}

}  // namespace

void Refusals::add(std::string_view reason, std::string_view at, std::string_view hint) {
    if (fault_) return;
    std::string text(reason);
    if (!at.empty()) text.append(" at ").append(at);
    if (!hint.empty()) text.append(": ").append(hint);
    fault_ = policy_fault(text);
}

Fault policy_fault(std::string_view reason) {
    return {.kind = FaultKind::invalid_parameter,
            .message =
                "Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: 'Lifecycle policy "
                "validation failure: " +
                std::string(reason) + "'"};
}

namespace schema {

const json::object* object(const json::value& value, std::span<const std::string_view> allowed,
                           std::span<const std::string_view> required, const std::string& at, Refusals& refusals) {
    const auto* found = value.if_object();
    if (found == nullptr) {
        wrong_type(value, "object", at, refusals);
        return nullptr;
    }
    std::vector<std::string_view> names;
    for (const auto& entry : *found) names.emplace_back(entry.key().data(), entry.key().size());
    const auto lacking = [](std::span<const std::string_view> from, std::span<const std::string_view> in) {
        std::vector<std::string_view> missing;
        std::ranges::copy_if(from, std::back_inserter(missing),
                             [&](auto name) { return std::ranges::find(in, name) == in.end(); });
        std::ranges::sort(missing);
        return missing;
    };
    const auto missing = lacking(required, names);
    const auto unknown = lacking(names, allowed);
    if (!missing.empty()) {
        refusals.add("object has missing required properties (" + listed(missing) + ")", at);
    } else if (!unknown.empty()) {
        refusals.add("object instance has properties which are not allowed by the schema: (" + listed(unknown) + ")",
                     at);
    }
    return missing.empty() && unknown.empty() ? found : nullptr;
}

std::string text(const json::value& value, const std::string& at, Refusals& refusals) {
    const auto* text = value.if_string();
    if (text == nullptr) {
        wrong_type(value, "string", at, refusals);
        return {};
    }
    return {text->data(), text->size()};
}

std::vector<std::string> texts(const json::value& value, const std::string& at, Refusals& refusals) {
    const auto* list = value.if_array();
    if (list == nullptr) {
        wrong_type(value, "array", at, refusals);
        return {};
    }
    std::vector<std::string> all;
    for (std::size_t i = 0; i < list->size() && !refusals.any(); ++i) {
        const auto here = at + "/" + std::to_string(i);
        all.push_back(text((*list)[i], here, refusals));
        if (all.back().empty()) refusals.add("string \"\" is too short (length: 0, required minimum: 1)", here);
    }
    return all;
}

std::int32_t integer(const json::value& value, std::int32_t min, const std::string& at, Refusals& refusals) {
    constexpr std::int64_t max = std::numeric_limits<std::int32_t>::max();
    if (!value.is_int64() && !value.is_uint64()) {
        wrong_type(value, "integer", at, refusals);
        return min;
    }
    if (value.is_uint64() || value.get_int64() > max) {  // a uint64 is only what does not fit an int64
        refusals.add("numeric instance is greater than the required maximum (maximum: " + std::to_string(max) +
                         ", found: " + shown(value) + ")",
                     at);
        return min;
    }
    if (value.get_int64() < min) {
        refusals.add("numeric instance is lower than the required minimum (minimum: " + std::to_string(min) +
                         ", found: " + shown(value) + ")",
                     at);
        return min;
    }
    return static_cast<std::int32_t>(value.get_int64());
}

std::size_t one_of(const json::value& value, std::span<const std::string_view> words, const std::string& at,
                   Refusals& refusals) {
    const auto* text = value.if_string();
    if (text != nullptr) {
        const auto found = std::ranges::find(words, std::string_view(text->data(), text->size()));
        if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
    }
    refusals.add("instance value (" + shown(value) + ") not found in enum (possible values: " + listed(words) + ")",
                 at);
    return 0;
}

void no_variant(const std::string& at, std::string_view hint, Refusals& refusals) {
    refusals.add("instance failed to match exactly one schema (matched 0 out of 4)", at, hint);
}

void list_size(std::size_t size, std::size_t min, std::size_t max, const std::string& at, Refusals& refusals) {
    const auto has = " elements but instance has " + std::to_string(size) + " elements";
    if (size < min) refusals.add("array is too short: must have at least " + std::to_string(min) + has, at);
    if (size > max) refusals.add("array is too long: must have at most " + std::to_string(max) + has, at);
}

}  // namespace schema

}  // namespace berth::lifecycle
