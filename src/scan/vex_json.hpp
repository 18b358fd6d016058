// For the .cpp files of VEX only: members of JSON objects without surprises, and the three forms.
#pragma once

#include "scan/vex.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>

namespace berth::scan {

namespace json = boost::json;

// Empty where it is not there or of another type.
[[nodiscard]] std::string_view text_of(const json::object& object, std::string_view key);
[[nodiscard]] const json::object& object_of(const json::object& object, std::string_view key);
[[nodiscard]] const json::array& array_of(const json::object& object, std::string_view key);

// Puts a purl where it belongs. False: it is none.
bool add_product(std::string_view text, VexStatement& statement);
// Puts a finished statement into the document, if it speaks of something.
void add_statement(VexStatement statement, VexDocument& document);
// "a: b", without the colon where one is empty.
[[nodiscard]] std::string joined(std::string_view a, std::string_view b);

[[nodiscard]] VexDocument read_openvex(const json::object& document);
[[nodiscard]] VexDocument read_cyclonedx(const json::object& document);
[[nodiscard]] VexDocument read_csaf(const json::object& document);

}  // namespace berth::scan
