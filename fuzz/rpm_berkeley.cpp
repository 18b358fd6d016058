// A Berkeley DB hash. What is found has a name.
#include "check.hpp"
#include "inventory/rpm_databases.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace berth::inventory;
    const std::span bytes(reinterpret_cast<const std::byte*>(data), size);
    const auto facts = rpm_facts(size, [&](const RpmHeaderSink& sink) { return read_rpm_berkeley(bytes, sink); });
    if (!facts) return 0;
    for (const auto& package : facts->packages) check(!package.name.empty() && !package.version.empty());
    return 0;
}
