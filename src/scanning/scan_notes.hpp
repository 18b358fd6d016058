// What a scan could not see, as one text that is short enough to be shown beside its status.
#pragma once

#include <string>
#include <vector>

namespace berth::scanning {

// Printable (scan/report_text.hpp), each note once, at most some hundred characters; what there is no room for is
// counted. Empty: there are none.
[[nodiscard]] std::string summary_of(const std::vector<std::string>& notes);

}  // namespace berth::scanning
