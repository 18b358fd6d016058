// As much of HTTP/1.1 as the benchmark's clients speak. Nothing is checked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace bench::floor {

enum class Method : std::uint8_t { get, head, post, put, patch };

struct Request {
    Method method = Method::get;
    std::string_view target;     // points into what was parsed
    std::size_t head_bytes = 0;  // up to and with the empty line
    bool chunked = false;
    std::uint64_t length = 0;  // of a body that is not chunked
};

// Nothing while the head is incomplete.
std::optional<Request> parse(std::string_view bytes);

// The value behind "NAME=" in a target's query; empty when it is not there. `name` ends with '='.
std::string_view query_value(std::string_view target, std::string_view name);

}  // namespace bench::floor
