// What several tell of one flaw, put together: who comes first is heard, the others fill what is missing. Both copy
// what they take of an lvalue, and nothing else.
#pragma once

#include <algorithm>
#include <utility>

namespace berth::scan {

// Takes the value where there is none yet.
template <class Value, class From>
void fill(Value& empty, From&& value) {
    if (empty == Value{}) empty = std::forward<From>(value);
}

// Adds each that is not there yet, in order.
template <class Values>
void add_missing(Values& to, const Values& from) {
    for (const auto& value : from) {
        if (std::ranges::find(to, value) == to.end()) to.push_back(value);
    }
}
template <class Values>
void add_missing(Values& to, Values&& from) {
    for (auto& value : from) {
        if (std::ranges::find(to, value) == to.end()) to.push_back(std::move(value));
    }
}

}  // namespace berth::scan
