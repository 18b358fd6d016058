// No engine: every scan fails, and says how to get one.
#pragma once

#include "scanning/scanner.hpp"

namespace berth::scanning {

class ScannerOff final : public Scanner {
public:
    Task<Result<scan::Findings>> scan(const ScanTarget& /*target*/, scan::Depth /*depth*/) override {
        co_return fail(FaultKind::not_offered, "This server scans nothing: the setting scanner.engine is off");
    }
};

}  // namespace berth::scanning
