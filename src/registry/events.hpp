// The events of the outbox: one place that names their kinds.
#pragma once

#include "model/image.hpp"
#include "registry/call.hpp"
#include "registry/services.hpp"
#include "store/transaction.hpp"

#include <string>
#include <string_view>

namespace berth::registry {

namespace event {

inline constexpr std::string_view image_push = "image.push";
inline constexpr std::string_view image_delete = "image.delete";
inline constexpr std::string_view image_restore = "image.restore";
inline constexpr std::string_view image_purge = "image.purge";  // out of the recycle bin: without a cause, in its time
inline constexpr std::string_view image_archive = "image.archive";              // UPDATE_STORAGE_CLASS to ARCHIVE
inline constexpr std::string_view image_activate = "image.activate";            // and back to STANDARD
inline constexpr std::string_view lifecycle_execution = "lifecycle.execution";  // a lifecycle run's audit record
inline constexpr std::string_view scan_complete = "scan.complete";              // ECR Image Scan, Inspector2 Scan
inline constexpr std::string_view scan_finding = "scan.finding";  // Inspector2 Finding: one that was not there before
inline constexpr std::string_view repository_create = "repository.create";
inline constexpr std::string_view repository_delete = "repository.delete";

}  // namespace event

// Written in the transaction that makes the change.
void announce_image(Services& services, store::Transaction& tx, std::string_view kind, const RepositoryRef& repository,
                    const model::Image& image, const model::Tag* tag, const model::Cause& cause = {});
// `detail` is JSON; see scanning/scan_events.hpp.
void announce_scan(Services& services, store::Transaction& tx, std::string_view kind, const RepositoryRef& repository,
                   const model::Image& image, std::string detail);
// `detail` is JSON; see lifecycle_record.hpp.
void announce_execution(Services& services, store::Transaction& tx, const RepositoryRef& repository,
                        std::string detail);
void announce_repository(Services& services, store::Transaction& tx, std::string_view kind,
                         const RepositoryRef& repository);

}  // namespace berth::registry
