// What a client is told when its request never reached a front end: HTTP that is no good, too slow or too much. One
// sentence a status, with the codes both protocols give it. Pure.
#pragma once

#include <string_view>

namespace berth::api {

struct RefusalRow {
    int status;
    std::string_view ecr_type;
    std::string_view oci_code;
    std::string_view sentence;  // says what to do next
};

// The row of a status; one for everything else at the end.
[[nodiscard]] const RefusalRow& refusal_row(int status);

}  // namespace berth::api
