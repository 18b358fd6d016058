// What a handler of Boost.JSON's push parser has to have, saying yes to everything: one that listens for a few things
// inherits it and declares those anew. Sizes have no limit here; the text's own is its bound.
#pragma once

#include <boost/json/error.hpp>
#include <boost/json/string_view.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>

namespace berth {

struct JsonListener {
    static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_array_size = max_object_size;
    static constexpr std::size_t max_key_size = max_object_size;
    static constexpr std::size_t max_string_size = max_object_size;

    using Error = boost::json::error_code;
    using Text = boost::json::string_view;
    static bool on_document_begin(Error&) { return true; }
    static bool on_document_end(Error&) { return true; }
    static bool on_object_begin(Error&) { return true; }
    static bool on_object_end(std::size_t, Error&) { return true; }
    static bool on_array_begin(Error&) { return true; }
    static bool on_array_end(std::size_t, Error&) { return true; }
    static bool on_key_part(Text, std::size_t, Error&) { return true; }
    static bool on_key(Text, std::size_t, Error&) { return true; }
    static bool on_string_part(Text, std::size_t, Error&) { return true; }
    static bool on_string(Text, std::size_t, Error&) { return true; }
    static bool on_number_part(Text, Error&) { return true; }
    static bool on_int64(std::int64_t, Text, Error&) { return true; }
    static bool on_uint64(std::uint64_t, Text, Error&) { return true; }
    static bool on_double(double, Text, Error&) { return true; }
    static bool on_bool(bool, Error&) { return true; }
    static bool on_null(Error&) { return true; }
    static bool on_comment_part(Text, Error&) { return true; }
    static bool on_comment(Text, Error&) { return true; }
};

}  // namespace berth
