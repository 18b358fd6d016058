// The kept form of an image's findings: what can be decoded is a fixed point.
#include "scanning/kept_findings.hpp"

#include "check.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace berth::scanning;
    const auto kept = decode_findings({reinterpret_cast<const char*>(data), size});
    if (!kept) return 0;
    check(kept->first_observed.size() == kept->findings.findings.size());
    const auto bytes = encode_findings(*kept);
    const auto again = decode_findings(bytes);
    check(again && encode_findings(*again) == bytes);
    return 0;
}
