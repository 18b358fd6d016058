// A broken database, a full disk, or a statement that is wrong: never something a caller's input brought about.
#pragma once

#include "base/fault.hpp"

#include <stdexcept>
#include <string>

namespace berth::store::sql {

class Error : public std::runtime_error {
public:
    Error(FaultKind kind, const std::string& what) : std::runtime_error(what), kind_(kind) {}

    // storage_full or unavailable: what the caller of the transaction is told.
    [[nodiscard]] FaultKind kind() const { return kind_; }

private:
    FaultKind kind_;
};

}  // namespace berth::store::sql
