// JSON as the server writes it.
#pragma once

#include <boost/json/value.hpp>

#include <string>

namespace berth::app {

// Boost.JSON writes 1795767549.525 as 1.795767549525E9, which is the same number, but no time anybody can read.
[[nodiscard]] std::string json_text(const boost::json::value& value);

}  // namespace berth::app
