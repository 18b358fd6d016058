#include "scan/owners.hpp"

#include <algorithm>

namespace berth::scan {

bool distribution_answers_for(const inventory::Package& package, const System* system,
                              const vulndb::Database& database) {
    if (package.owned_by.empty() || system == nullptr) return false;
    if (system->type == inventory::PackageType::rpm) {
        return std::ranges::any_of(system->vendors, [&](std::string_view vendor) {
            return !vendor.empty() && package.owner_vendor.starts_with(vendor);
        });
    }
    if (package.owner_source.empty()) return false;
    if (system->type == inventory::PackageType::apk) return true;
    return !database.find(system->stream, package.owner_source)->empty();
}

}  // namespace berth::scan
