// THE table: what a Fault is called on the ECR API and on the Distribution API, and with which status it goes out.
// Pure lookup; any thread.
//
// Sources: ECR's API model (codes; client errors are 400, ServerException is 500) and OCI Distribution 1.1, "Error
// Codes". Where ECR's data plane departs from the specification, the specification wins.
#pragma once

#include "base/fault.hpp"

#include <cstddef>
#include <string_view>

namespace berth::api {

struct FaultRow {
    FaultKind kind;
    std::string_view ecr_type;  // "__type" of the ECR API's error body
    int ecr_status;
    std::string_view oci_code;  // "code" of the Distribution API's error body
    int oci_status;
};

inline constexpr std::size_t fault_kinds = static_cast<std::size_t>(FaultKind::internal) + 1;

[[nodiscard]] const FaultRow& fault_row(FaultKind kind);

// The machine failed, not the caller: worth a log line.
[[nodiscard]] inline bool is_server_error(FaultKind kind) {
    return fault_row(kind).oci_status >= 500;
}

}  // namespace berth::api
