// A SQLite database with a write-ahead log: the first two bytes say how long the log is. What is found has a name.
#include "check.hpp"
#include "inventory/rpm_databases.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace berth::inventory;
    const std::span bytes(reinterpret_cast<const std::byte*>(data), size);
    if (size < 2) return 0;
    const std::size_t log = std::min<std::size_t>(size - 2, data[0] + 256U * data[1]);
    std::vector<std::byte> image(bytes.begin() + 2, bytes.end() - static_cast<std::ptrdiff_t>(log));
    const auto facts =
        rpm_facts(size, [&](const RpmHeaderSink& sink) { return read_rpm_sqlite(image, bytes.last(log), sink); });
    if (!facts) return 0;
    for (const auto& package : facts->packages) check(!package.name.empty() && !package.version.empty());
    return 0;
}
