// Databases of dpkg, and its lists of files.
#include "inventory/dpkg.hpp"

#include "check.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace berth::inventory;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    for (const auto& facts : {parse_dpkg_status(text), parse_dpkg_status_d(text)}) {
        if (!facts) continue;
        for (const auto& package : facts->packages) check(!package.name.empty() && !package.source_name.empty());
    }
    for (const auto& facts : {parse_dpkg_list("x.list", text), parse_dpkg_md5sums("x.md5sums", text)}) {
        check(facts.packages.empty());
    }
    return 0;
}
