// Programs: sections and segments lie within the file, whatever its headers say.
#include "inventory/executable.hpp"

#include "check.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto program = berth::inventory::parse_executable(bytes);
    if (!program) return 0;
    const auto within = [&](std::string_view part) {
        return part.data() >= bytes.data() && part.data() + part.size() <= bytes.data() + bytes.size();
    };
    for (const auto& section : program->sections) check(within(section.bytes) && within(section.name));
    for (const auto& segment : program->segments) {
        check(within(segment.bytes));
        check(within(program->at_address(segment.address)));
    }
    return 0;
}
