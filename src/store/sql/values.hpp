// How C++ values go into parameters and come out of columns. What is not listed here does not compile.
//
//   integers, strong row ids    BIGINT            Timestamp    BIGINT, milliseconds since 1970
//   text, names, digests        text              bool         BIGINT, 0 or 1
//   Bytes                       bytes             optional<T>  NULL or T
#pragma once

#include "base/clock.hpp"
#include "model/text_value.hpp"
#include "store/sql/error.hpp"
#include "store/sql/statement.hpp"

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace berth::store::sql {

// Bytes that are no text; the view must live until the statement ran.
struct Bytes {
    std::string_view value;
};

template <class T>
concept RowId = std::is_enum_v<T> && std::same_as<std::underlying_type_t<T>, std::int64_t>;

template <class T>
concept NamedText = std::derived_from<T, model::TextValue<T>>;

template <std::integral T>
void bind(Statement& to, int parameter, T value) {
    if (!std::in_range<std::int64_t>(value)) throw Error(FaultKind::internal, "a number does not fit its column");
    to.bind_integer(parameter, static_cast<std::int64_t>(value));
}
inline void bind(Statement& to, int parameter, bool value) {
    to.bind_integer(parameter, value ? 1 : 0);
}
template <RowId T>
void bind(Statement& to, int parameter, T value) {
    to.bind_integer(parameter, std::to_underlying(value));
}
inline void bind(Statement& to, int parameter, Timestamp value) {
    to.bind_integer(parameter, value.time_since_epoch().count());
}
inline void bind(Statement& to, int parameter, std::string_view value) {
    to.bind_text(parameter, value);
}
inline void bind(Statement& to, int parameter, const std::string& value) {
    to.bind_text(parameter, value);
}
// Without this a literal would rather become a bool.
inline void bind(Statement& to, int parameter, const char* value) {
    to.bind_text(parameter, value);
}
template <NamedText T>
void bind(Statement& to, int parameter, const T& value) {
    to.bind_text(parameter, value.text());
}
inline void bind(Statement& to, int parameter, Bytes value) {
    to.bind_bytes(parameter, value.value);
}
template <class T>
void bind(Statement& to, int parameter, const std::optional<T>& value) {
    if (value) {
        bind(to, parameter, *value);
    } else {
        to.bind_null(parameter);
    }
}

template <class T>
struct Column;

template <std::integral T>
struct Column<T> {
    static T read(const Statement& from, int column) {
        const auto value = from.integer(column);
        if (!std::in_range<T>(value)) throw Error(FaultKind::unavailable, "a stored number is out of range");
        return static_cast<T>(value);
    }
};
template <>
struct Column<bool> {
    static bool read(const Statement& from, int column) { return from.integer(column) != 0; }
};
template <RowId T>
struct Column<T> {
    static T read(const Statement& from, int column) { return T{from.integer(column)}; }
};
template <>
struct Column<Timestamp> {
    static Timestamp read(const Statement& from, int column) {
        return Timestamp{std::chrono::milliseconds{from.integer(column)}};
    }
};
template <>
struct Column<std::string> {
    static std::string read(const Statement& from, int column) { return std::string(from.bytes(column)); }
};
// Valid until the next row.
template <>
struct Column<std::string_view> {
    static std::string_view read(const Statement& from, int column) { return from.bytes(column); }
};
template <NamedText T>
struct Column<T> {
    static T read(const Statement& from, int column) {
        auto value = T::parse(from.bytes(column));
        if (!value) throw Error(FaultKind::unavailable, "a stored name or digest is malformed");
        return std::move(*value);
    }
};
template <class T>
struct Column<std::optional<T>> {
    static std::optional<T> read(const Statement& from, int column) {
        if (from.is_null(column)) return std::nullopt;
        return Column<T>::read(from, column);
    }
};

}  // namespace berth::store::sql
