// The jobs use cases ask for: their kinds, and what their keys and payloads mean. The runner calls back into the use
// case that does the work (src/jobs).
#pragma once

#include "model/image.hpp"
#include "model/repository.hpp"
#include "registry/services.hpp"
#include "store/transaction.hpp"

#include <string_view>

namespace berth::registry {

namespace job {

inline constexpr std::string_view lifecycle_run = "lifecycle-run";          // key: repository id
inline constexpr std::string_view lifecycle_preview = "lifecycle-preview";  // key: preview id
inline constexpr std::string_view followers = "followers";                  // key: repository id
inline constexpr std::string_view scan_catch_up = "scan-catch-up";          // key: account and region
inline constexpr std::string_view image_activation = "image-activation";    // key: image row id

}  // namespace job

// Not before `run_at`; the work that waits already under this key is not asked for twice.
void enqueue(Services& services, store::Transaction& tx, std::string_view kind, std::int64_t key, Timestamp run_at);

}  // namespace berth::registry
