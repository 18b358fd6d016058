#include "app/metric_sources.hpp"

#include "app/version.hpp"

#include <unistd.h>

#include <fstream>
#include <string>

namespace berth::app {

namespace {

using api::ops::MetricKind;

// The second number of /proc/self/statm.
double resident_bytes() {
    std::ifstream statm("/proc/self/statm");
    double pages_total = 0;
    double pages_resident = 0;
    statm >> pages_total >> pages_resident;
    return pages_resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

template <class Owner, class Statistics>
std::function<double()> number(const Owner& owner, std::uint64_t Statistics::* field) {
    return [&owner, field] { return static_cast<double>(owner.statistics().*field); };
}

}  // namespace

void add_metric_sources(api::ops::Metrics& metrics, MetricOwners owners) {
    using Server = http::ServerStatistics;
    using Store = store::sqlite::Statistics;
    using Jobs = jobs::RunnerStatistics;
    using Lifecycle = registry::LifecycleStatistics;
    using Scans = scanning::QueueStatistics;
    using Collector = registry::CollectorStatistics;
    const auto& [server, metadata, runner, lifecycle, scans, collector] = owners;
    metrics.add({"berth_http_connections_accepted_total", "Connections accepted.", MetricKind::counter,
                 number(server, &Server::connections_accepted)});
    metrics.add({"berth_http_connections_open", "Connections open now.", MetricKind::gauge,
                 number(server, &Server::connections_open)});
    metrics.add(
        {"berth_http_received_bytes_total", "Bytes received.", MetricKind::counter, number(server, &Server::bytes_in)});
    metrics.add(
        {"berth_http_sent_bytes_total", "Bytes sent.", MetricKind::counter, number(server, &Server::bytes_out)});
    metrics.add({"berth_metadata_writes_total", "Changes handed to the metadata store.", MetricKind::counter,
                 number(metadata, &Store::writes)});
    metrics.add({"berth_metadata_failed_writes_total", "Changes that were refused or failed.", MetricKind::counter,
                 number(metadata, &Store::failed_writes)});
    metrics.add({"berth_metadata_commits_total", "Commits; several changes share one.", MetricKind::counter,
                 number(metadata, &Store::commits)});
    metrics.add({"berth_metadata_failed_commits_total", "Commits the disk refused.", MetricKind::counter,
                 number(metadata, &Store::failed_commits)});
    metrics.add({"berth_metadata_writes_waiting", "Changes waiting for the writer now.", MetricKind::gauge,
                 number(metadata, &Store::waiting)});
    metrics.add({"berth_metadata_log_pages", "Length of the write-ahead log in pages.", MetricKind::gauge,
                 number(metadata, &Store::log_pages)});
    metrics.add({"berth_jobs_succeeded_total", "Background jobs that ended well.", MetricKind::counter,
                 number(runner, &Jobs::succeeded)});
    metrics.add({"berth_jobs_failed_total", "Background jobs that failed and will be tried again.", MetricKind::counter,
                 number(runner, &Jobs::failed)});
    metrics.add({"berth_lifecycle_runs_total", "Lifecycle policies applied to a repository.", MetricKind::counter,
                 number(lifecycle, &Lifecycle::runs)});
    metrics.add({"berth_lifecycle_refused_policies_total",
                 "Lifecycle policies that are none any more, as the settings are now.", MetricKind::counter,
                 number(lifecycle, &Lifecycle::refused)});
    metrics.add({"berth_lifecycle_expired_images_total", "Images that lifecycle policies deleted.", MetricKind::counter,
                 number(lifecycle, &Lifecycle::expired)});
    metrics.add({"berth_lifecycle_archived_images_total", "Images that lifecycle policies archived.",
                 MetricKind::counter, number(lifecycle, &Lifecycle::archived)});
    metrics.add({"berth_lifecycle_held_images",
                 "Images that were due in the last run and stayed, because an index or a subject still needs them.",
                 MetricKind::gauge, number(lifecycle, &Lifecycle::held)});
    metrics.add({"berth_gc_reviewed_blobs_total", "Blobs looked at because their grace was over.", MetricKind::counter,
                 number(collector, &Collector::reviewed)});
    metrics.add({"berth_gc_removed_blobs_total", "Blobs removed because nothing needed them.", MetricKind::counter,
                 number(collector, &Collector::removed_blobs)});
    metrics.add({"berth_gc_removed_bytes_total", "Bytes of those blobs.", MetricKind::counter,
                 number(collector, &Collector::removed_bytes)});
    metrics.add({"berth_scans_completed_total", "Scans that brought findings.", MetricKind::counter,
                 number(scans, &Scans::completed)});
    metrics.add({"berth_scans_failed_total", "Scans that failed for good.", MetricKind::counter,
                 number(scans, &Scans::failed)});
    metrics.add({"berth_scans_retried_total", "Scans that failed and will be tried again.", MetricKind::counter,
                 number(scans, &Scans::retried)});
    metrics.add({"berth_scans_running", "Scans running now.", MetricKind::gauge, number(scans, &Scans::running)});
    metrics.add(
        {"berth_resident_memory_bytes", "Memory of this process that is in RAM.", MetricKind::gauge, resident_bytes});
}

}  // namespace berth::app
