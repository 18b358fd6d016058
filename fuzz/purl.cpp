// Package URLs: what is read is canonical, and covers itself.
#include "inventory/purl.hpp"

#include "check.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace inventory = berth::inventory;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto purl = inventory::parse_purl({reinterpret_cast<const char*>(data), size});
    if (!purl) return 0;
    // A text may be longer once all is encoded; the limit of what is read may refuse it then.
    const auto again = inventory::parse_purl(inventory::to_text(*purl));
    check(!again || *again == *purl);
    check(inventory::covers(*purl, *purl));
    return 0;
}
