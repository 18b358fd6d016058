// Result<T>: a value, or the Fault that stands in its place.
#pragma once

#include "base/fault.hpp"

#include <expected>

namespace berth {

template <class T>
using Result = std::expected<T, Fault>;

[[nodiscard]] inline std::unexpected<Fault> fail(FaultKind kind, std::string message) {
    return std::unexpected(Fault{.kind = kind, .message = std::move(message)});
}

// Hands a Fault on to a Result of another type.
template <class T>
[[nodiscard]] std::unexpected<Fault> fail(Result<T>&& failed) {
    return std::unexpected(std::move(failed).error());
}

}  // namespace berth
