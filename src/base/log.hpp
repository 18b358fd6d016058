// Structured logging without a logging library in sight: a message that is always the same text, and named values.
// app/ decides where it goes. No secret, token or Authorization header is ever a value.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace berth::log {

enum class Level : std::uint8_t { debug, info, warning, error };

struct Field {
    std::string_view name;
    std::string value;
};

using Sink = std::function<void(Level, std::string_view message, std::span<const Field>)>;

// Once, at the start, before other threads run. Without a sink nothing is logged. The sink is thread-safe.
void set_sink(Sink sink, Level least);

[[nodiscard]] bool enabled(Level level);
void write(Level level, std::string_view message, std::initializer_list<Field> fields = {});

inline void debug(std::string_view message, std::initializer_list<Field> fields = {}) {
    write(Level::debug, message, fields);
}
inline void info(std::string_view message, std::initializer_list<Field> fields = {}) {
    write(Level::info, message, fields);
}
inline void warning(std::string_view message, std::initializer_list<Field> fields = {}) {
    write(Level::warning, message, fields);
}
inline void error(std::string_view message, std::initializer_list<Field> fields = {}) {
    write(Level::error, message, fields);
}

}  // namespace berth::log
