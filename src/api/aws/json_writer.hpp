// Writing JSON text: the few forms answers are made of.
#pragma once

#include "base/clock.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace berth::api::aws {

void write_string(std::string& out, std::string_view text);
void write_number(std::string& out, std::int64_t number);
// The shortest text that reads back as the same; the number is finite.
void write_real(std::string& out, double number);
// Epoch seconds; milliseconds as a fraction.
void write_timestamp(std::string& out, Timestamp time);
// "name": with a comma in front unless an object or array was just opened.
void write_key(std::string& out, std::string_view name);
// The comma between elements of an array.
void write_separator(std::string& out);

}  // namespace berth::api::aws
