// Minor releases of enterprise Linux: a flaw is often fixed in each that is maintained, with versions of their own
// (curl 7.76.1-23.el9_2.4 and 7.76.1-26.el9_3.2), and who has the fix of the older one is no worse for it.
#pragma once

#include <string_view>

namespace berth::scan {

// "el9_2" of "0:7.76.1-23.el9_2.4"; empty: the release names no minor one ("el9", and modules, which have streams).
[[nodiscard]] std::string_view minor_release_in(std::string_view version);

}  // namespace berth::scan
