#include "feed.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    return import_any(berth::vulndb::FeedKind::debian_tracker, data, size);
}
