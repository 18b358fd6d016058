// The building blocks of wire shapes. Limits sit on the named shape, once, as in Amazon's model.
//
// A structure is a plain struct with BOOST_DESCRIBE_STRUCT; its members are these types, in wire spelling. A member
// that is not std::optional is required.
#pragma once

#include "base/clock.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace berth::api::aws {

inline constexpr std::size_t unbounded = std::numeric_limits<std::size_t>::max();
inline constexpr std::int64_t no_maximum = std::numeric_limits<std::int64_t>::max();
inline constexpr std::int64_t no_minimum = std::numeric_limits<std::int64_t>::min();

// How a refusal speaks of a missing member: ECR leaves "Member" out for some.
enum class NullWording : std::uint8_t { member_must_not, must_not };

struct TextRule {
    std::size_t min = 0;  // in characters: Unicode code points
    std::size_t max = unbounded;
    bool setting_for_max = false;                 // max is ECR's; here the use case holds the text against a setting
    std::string_view pattern = {};                // as the model has it
    bool (*accepts)(std::string_view) = nullptr;  // what the pattern says; set exactly when there is one
    std::string_view shown_pattern = {};          // as refusals show it, where that differs
    std::string_view shown_name = {};             // the member's name in refusals, where that differs
    NullWording null_wording = NullWording::member_must_not;
};

// Shape: a struct with `static constexpr TextRule rule`.
template <class Shape>
struct Text {
    std::string value;
};

template <std::int64_t Min, std::int64_t Max>
struct Number {
    std::int64_t value = 0;
};

template <class T, std::size_t Min = 0, std::size_t Max = unbounded>
struct List {
    std::vector<T> items;
};

// Base64 on the wire, bytes here.
template <std::size_t Max>
struct Blob {
    std::string bytes;
};

template <class Key, class Value>
struct Map {
    std::map<Key, Value> entries;
};

// A number with a fraction; in answers only.
struct Real {
    double value = 0;
};

// Text by text; in answers only.
struct TextMap {
    std::map<std::string, std::string> entries;
};

// An enum on the wire: `static constexpr std::array<std::pair<E, std::string_view>, N> rows`, in the order refusals
// list the values.
template <class E>
struct EnumTable;

template <class E>
constexpr std::string_view wire_name(E value) {
    for (const auto& [candidate, name] : EnumTable<E>::rows) {
        if (candidate == value) return name;
    }
    return {};
}

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

}  // namespace berth::api::aws
