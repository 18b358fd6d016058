#include "feed.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    return import_any(berth::vulndb::FeedKind::alpine_secdb, data, size);
}
