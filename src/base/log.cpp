#include "base/log.hpp"

#include <utility>

namespace berth::log {

namespace {

struct Target {
    Sink sink;
    Level least = Level::info;
};

// Written once before the threads start, read by all of them.
Target& target() {
    static Target the_target;
    return the_target;
}

}  // namespace

void set_sink(Sink sink, Level least) {
    target() = {.sink = std::move(sink), .least = least};
}

bool enabled(Level level) {
    return target().sink && level >= target().least;
}

void write(Level level, std::string_view message, std::initializer_list<Field> fields) {
    if (enabled(level)) target().sink(level, message, {fields.begin(), fields.size()});
}

}  // namespace berth::log
