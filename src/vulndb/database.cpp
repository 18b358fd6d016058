#include "vulndb/database.hpp"

#include <algorithm>

namespace berth::vulndb {

std::optional<std::int64_t> known_until(const Database& database, const std::vector<Stream>& streams) {
    std::optional<std::int64_t> oldest;
    for (const auto& stream : streams) {
        const auto newest = database.newest_record_at(stream);
        if (newest) oldest = std::min(oldest.value_or(*newest), *newest);
    }
    return oldest;
}

}  // namespace berth::vulndb
