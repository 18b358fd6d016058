// A shape as data: what the model check compares with Amazon's own description of the service.
#pragma once

#include "api/aws/json_writer.hpp"
#include "api/aws/shape.hpp"

#include <boost/describe.hpp>
#include <boost/mp11.hpp>

#include <type_traits>

namespace berth::api::aws {

void describe_text(std::string& out, const TextRule& rule);
void describe_range(std::string& out, std::string_view type, std::int64_t min, std::int64_t max);
void describe_sizes(std::string& out, std::size_t min, std::size_t max);

// What to describe; never constructed.
template <class T>
struct As {};

template <class Shape>
void describe(std::string& out, As<Text<Shape>> /*shape*/) {
    describe_text(out, Shape::rule);
}
template <std::int64_t Min, std::int64_t Max>
void describe(std::string& out, As<Number<Min, Max>> /*shape*/) {
    describe_range(out, "number", Min, Max);
}
template <std::size_t Max>
void describe(std::string& out, As<Blob<Max>> /*shape*/) {
    out += R"({"type":"blob")";
    describe_sizes(out, 0, Max);
    out += '}';
}
inline void describe(std::string& out, As<bool> /*shape*/) {
    out += R"({"type":"boolean"})";
}
inline void describe(std::string& out, As<Real> /*shape*/) {
    out += R"({"type":"double"})";
}
inline void describe(std::string& out, As<TextMap> /*shape*/) {
    out += R"({"type":"map","key":{"type":"string"},"value":{"type":"string"}})";
}
inline void describe(std::string& out, As<Timestamp> /*shape*/) {
    out += R"({"type":"timestamp"})";
}

template <class E>
    requires std::is_enum_v<E>
void describe(std::string& out, As<E> /*shape*/) {
    out += R"({"type":"string","enum":[)";
    for (const auto& row : EnumTable<E>::rows) {
        write_separator(out);
        write_string(out, row.second);
    }
    out += "]}";
}

template <class T>
    requires boost::describe::has_describe_members<T>::value
void describe(std::string& out, As<T> /*shape*/);

template <class T, std::size_t Min, std::size_t Max>
void describe(std::string& out, As<List<T, Min, Max>> /*shape*/) {
    out += R"({"type":"list","member":)";
    describe(out, As<T>{});
    describe_sizes(out, Min, Max);
    out += '}';
}

template <class Key, class Value>
void describe(std::string& out, As<Map<Key, Value>> /*shape*/) {
    out += R"({"type":"map","key":)";
    describe(out, As<Key>{});
    write_key(out, "value");
    describe(out, As<Value>{});
    out += '}';
}

template <class T>
void describe_member(std::string& out, As<std::optional<T>> /*shape*/) {
    describe(out, As<T>{});
    out.back() = ',';
    out += R"("required":false})";
}
template <class T>
void describe_member(std::string& out, As<T> shape) {
    describe(out, shape);
    out.back() = ',';
    out += R"("required":true})";
}

template <class T>
    requires boost::describe::has_describe_members<T>::value
void describe(std::string& out, As<T> /*shape*/) {
    out += R"({"type":"structure","members":{)";
    using Members = boost::describe::describe_members<T, boost::describe::mod_public>;
    boost::mp11::mp_for_each<Members>([&](auto member) {
        write_key(out, member.name);
        describe_member(out, As<std::remove_cvref_t<decltype(std::declval<T&>().*member.pointer)>>{});
    });
    out += "}}";
}

}  // namespace berth::api::aws
