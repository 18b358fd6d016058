// Suppression rules: a rule that is read asks for something, so that no text hides every finding by accident.
#include "check.hpp"
#include "scan/suppression.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto rules = berth::scan::parse_ignore_file({reinterpret_cast<const char*>(data), size});
    if (!rules) return 0;
    for (const auto& rule : *rules) {
        check(!rule.vulnerability.empty() || !rule.package.empty() || !rule.repository.empty() || !rule.tags.empty());
    }
    return 0;
}
