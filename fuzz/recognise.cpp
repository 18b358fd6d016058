// What a file is: told of any bytes, and the same for what follows the part that is looked at.
#include "vulndb/recognise.hpp"

#include "check.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto kind = berth::vulndb::recognise_feed(bytes);
    check(berth::vulndb::recognise_feed(bytes) == kind);
    static_cast<void>(berth::vulndb::recognise_container(bytes));
    return 0;
}
