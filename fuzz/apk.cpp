// The database of apk.
#include "inventory/apk.hpp"

#include "check.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace berth::inventory;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto facts = parse_apk_installed(text);
    if (!facts) return 0;
    for (const auto& package : facts->packages) check(!package.name.empty() && !package.version.empty());
    return 0;
}
