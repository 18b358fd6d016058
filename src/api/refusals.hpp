// What a client is told when its request never reached a front end: HTTP that is no good, too slow or too much. One
// sentence a status, with the codes both protocols give it. Pure.
#pragma once

#include "http/server.hpp"

#include <string_view>

namespace berth::api {

struct RefusalRow {
    int status;
    http::Refused::Hint hint;
    std::string_view ecr_type;
    std::string_view oci_code;
    std::string_view sentence;  // says what to do next
};

// The row of a status and what is known beyond it; one for everything else at the end.
[[nodiscard]] const RefusalRow& refusal_row(int status, http::Refused::Hint hint = http::Refused::Hint::none);

}  // namespace berth::api
