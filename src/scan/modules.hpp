// RPM modularity: the same package in several streams (nodejs 18 and 20), each with fixes of its own.
#pragma once

#include "vulndb/advisory.hpp"

#include <string>
#include <string_view>

namespace berth::scan {

// May advice with this fix be held against that package? Modular advice speaks only of packages of its own stream;
// where the feed does not name the stream, its summary often does ("nodejs:18 security update"), else the first number
// of the version has to tell.
struct ModularAdvice {
    std::string_view label;     // name:stream; empty: the feed does not say
    std::string_view fixed_in;  // empty: no fix
    std::string_view summary;
};
[[nodiscard]] bool is_same_module(const ModularAdvice& advice, std::string_view package_label,
                                  std::string_view version);

// Built as a part of a module, by the mark in its release ("...module+el8.4.0+..." or "...module_el8...").
[[nodiscard]] bool has_module_mark(std::string_view version);

}  // namespace berth::scan
