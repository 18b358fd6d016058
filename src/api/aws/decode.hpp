// JSON to typed shapes, every constraint checked. Recursion is as deep as the shapes are, not as the input is.
#pragma once

#include "api/aws/findings.hpp"
#include "api/aws/shape.hpp"

#include <boost/describe.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <boost/mp11.hpp>

#include <span>
#include <type_traits>

namespace berth::api::aws {

namespace json = boost::json;

// The rules, compiled once.
void decode_text(const json::value& in, std::string& out, const TextRule& rule, const Path& at, Findings& findings);
void decode_number(const json::value& in, std::int64_t& out, std::int64_t min, std::int64_t max, const Path& at,
                   Findings& findings);
void decode_bytes(const json::value& in, std::string& out, std::size_t max, const Path& at, Findings& findings);
void decode_timestamp(const json::value& in, Timestamp& out, const Path& at, Findings& findings);
// The number of the value in the list of names.
std::optional<std::size_t> decode_enum(const json::value& in, std::span<const std::string_view> names, const Path& at,
                                       Findings& findings);
// The list's values when it is one; null after a finding.
const json::array* decode_list(const json::value& in, std::size_t min, std::size_t max, const Path& at,
                               Findings& findings);
void report_missing(const Path& at, const TextRule* rule, Findings& findings);

template <class Shape>
void decode(const json::value& in, Text<Shape>& out, const Path& at, Findings& findings) {
    decode_text(in, out.value, Shape::rule, at, findings);
}

template <std::int64_t Min, std::int64_t Max>
void decode(const json::value& in, Number<Min, Max>& out, const Path& at, Findings& findings) {
    decode_number(in, out.value, Min, Max, at, findings);
}

template <std::size_t Max>
void decode(const json::value& in, Blob<Max>& out, const Path& at, Findings& findings) {
    decode_bytes(in, out.bytes, Max, at, findings);
}

inline void decode(const json::value& in, Timestamp& out, const Path& at, Findings& findings) {
    decode_timestamp(in, out, at, findings);
}

inline void decode(const json::value& in, bool& out, const Path& at, Findings& findings) {
    if (in.is_bool()) {
        out = in.get_bool();
    } else {
        findings.wrong_type(at, "true or false");
    }
}

template <class E>
constexpr auto names_of() {
    std::array<std::string_view, EnumTable<E>::rows.size()> names;
    for (std::size_t i = 0; i < names.size(); ++i) names[i] = EnumTable<E>::rows[i].second;
    return names;
}

template <class E>
    requires std::is_enum_v<E>
void decode(const json::value& in, E& out, const Path& at, Findings& findings) {
    static constexpr auto names = names_of<E>();
    if (const auto row = decode_enum(in, names, at, findings)) out = EnumTable<E>::rows[*row].first;
}

template <class T, std::size_t Min, std::size_t Max>
void decode(const json::value& in, List<T, Min, Max>& out, const Path& at, Findings& findings);

template <class T>
    requires boost::describe::has_describe_members<T>::value
void decode(const json::value& in, T& out, const Path& at, Findings& findings);

template <class T>
void decode_member(const json::value* in, std::optional<T>& out, const Path& at, Findings& findings) {
    if (in != nullptr) decode(*in, out.emplace(), at, findings);
}

template <class T>
inline constexpr const TextRule* rule_of = nullptr;
template <class Shape>
inline constexpr const TextRule* rule_of<Text<Shape>> = &Shape::rule;

template <class T>
void decode_member(const json::value* in, T& out, const Path& at, Findings& findings) {
    if (in != nullptr) {
        decode(*in, out, at, findings);
    } else {
        report_missing(at, rule_of<T>, findings);
    }
}

template <class T, std::size_t Min, std::size_t Max>
void decode(const json::value& in, List<T, Min, Max>& out, const Path& at, Findings& findings) {
    const auto* values = decode_list(in, Min, Max, at, findings);
    if (values == nullptr) return;
    out.items.resize(values->size());
    for (std::size_t i = 0; i < values->size(); ++i) {
        const auto& value = (*values)[i];
        const Path member{.parent = &at, .name = {}, .index = i + 1};
        decode_member(value.is_null() ? nullptr : &value, out.items[i], member, findings);
    }
}

template <class T>
    requires boost::describe::has_describe_members<T>::value
void decode(const json::value& in, T& out, const Path& at, Findings& findings) {
    const auto* object = in.if_object();
    if (object == nullptr) return findings.wrong_type(at, "a structure");
    using Members = boost::describe::describe_members<T, boost::describe::mod_public>;
    boost::mp11::mp_for_each<Members>([&](auto member) {
        const auto* value = object->if_contains(member.name);
        if (value != nullptr && value->is_null()) value = nullptr;  // null is as good as absent
        const bool root = at.parent == nullptr && at.name.empty();
        const Path path{.parent = root ? nullptr : &at, .name = member.name};
        decode_member(value, out.*member.pointer, path, findings);
    });
}

}  // namespace berth::api::aws
