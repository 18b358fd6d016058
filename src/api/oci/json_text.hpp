// Writing the few JSON documents of this front end, straight into a string.
#pragma once

#include <string>
#include <string_view>

namespace berth::api::oci {

// Appends the text in quotes. Bytes outside ASCII become '?': whatever reaches an answer is readable JSON.
void append_json_string(std::string& out, std::string_view text);

}  // namespace berth::api::oci
