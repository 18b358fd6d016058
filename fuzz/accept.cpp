// Accept: saying the same twice changes nothing, and */* at the end of an empty list takes everything.
#include "oci/accept.hpp"

#include "check.hpp"
#include "oci/media_type.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::string_view type = "application/vnd.oci.image.manifest.v1+json";
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::array once{text};
    const std::array twice{text, text};
    check(berth::oci::accepts(once, type) == berth::oci::accepts(twice, type));
    const auto normalised = berth::oci::normalised_media_type(text);
    check(berth::oci::normalised_media_type(normalised) == normalised);
    return 0;
}
