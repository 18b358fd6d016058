// Typed shapes to JSON text: decode's mirror. An empty optional is left out.
#pragma once

#include "api/aws/json_writer.hpp"
#include "api/aws/shape.hpp"
#include "base/encoding.hpp"

#include <boost/describe.hpp>
#include <boost/mp11.hpp>

#include <type_traits>

namespace berth::api::aws {

template <class Shape>
void encode(std::string& out, const Text<Shape>& value) {
    write_string(out, value.value);
}

template <std::int64_t Min, std::int64_t Max>
void encode(std::string& out, const Number<Min, Max>& value) {
    write_number(out, value.value);
}

template <std::size_t Max>
void encode(std::string& out, const Blob<Max>& value) {
    write_string(out, to_base64(value.bytes));
}

inline void encode(std::string& out, Real value) {
    write_real(out, value.value);
}
inline void encode(std::string& out, const TextMap& value) {
    out += '{';
    for (const auto& [key, item] : value.entries) {
        write_key(out, key);
        write_string(out, item);
    }
    out += '}';
}

inline void encode(std::string& out, bool value) {
    out += value ? "true" : "false";
}
inline void encode(std::string& out, Timestamp value) {
    write_timestamp(out, value);
}

template <class E>
    requires std::is_enum_v<E>
void encode(std::string& out, E value) {
    write_string(out, wire_name(value));
}

template <class T>
    requires boost::describe::has_describe_members<T>::value
void encode(std::string& out, const T& value);

template <class T, std::size_t Min, std::size_t Max>
void encode(std::string& out, const List<T, Min, Max>& value) {
    out += '[';
    for (const auto& item : value.items) {
        write_separator(out);
        encode(out, item);
    }
    out += ']';
}

template <class Key, class Value>
void encode(std::string& out, const Map<Key, Value>& value) {
    out += '{';
    for (const auto& [key, item] : value.entries) {
        write_key(out, wire_name(key));
        encode(out, item);
    }
    out += '}';
}

template <class T>
    requires boost::describe::has_describe_members<T>::value
void encode(std::string& out, const T& value) {
    out += '{';
    using Members = boost::describe::describe_members<T, boost::describe::mod_public>;
    boost::mp11::mp_for_each<Members>([&](auto member) {
        const auto& field = value.*member.pointer;
        if constexpr (is_optional<std::remove_cvref_t<decltype(field)>>) {
            if (!field) return;
            write_key(out, member.name);
            encode(out, *field);
        } else {
            write_key(out, member.name);
            encode(out, field);
        }
    });
    out += '}';
}

}  // namespace berth::api::aws
