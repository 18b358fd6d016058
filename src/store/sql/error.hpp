// A broken database, a full disk, or a statement that is wrong: never something a caller's input brought about.
#pragma once

#include "base/fault.hpp"

#include <stdexcept>
#include <string>

namespace berth::store::sql {

// Whether the error is that of a sync. After one that failed nobody knows what is on the disk, and the next one
// succeeds without what was lost.
enum class Sync : bool { not_tried, failed };

class Error : public std::runtime_error {
public:
    Error(FaultKind kind, const std::string& what, Sync sync = Sync::not_tried)
        : std::runtime_error(what), kind_(kind), sync_(sync) {}

    // storage_full or unavailable: what the caller of the transaction is told.
    [[nodiscard]] FaultKind kind() const { return kind_; }

    [[nodiscard]] bool sync_failed() const { return sync_ == Sync::failed; }

private:
    FaultKind kind_;
    Sync sync_;
};

}  // namespace berth::store::sql
