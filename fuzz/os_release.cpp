// os-release and what stands for it in older images: what is found has a name.
#include "inventory/os_release.hpp"

#include "check.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace berth::inventory;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    for (auto* parse : {parse_os_release, parse_alpine_release, parse_debian_version, parse_redhat_release,
                        parse_lsb_release, parse_apk_repositories}) {
        const auto found = parse(text);
        check(!found || (!found->id.empty() && found->name.size() < 4096));
    }
    return 0;
}
