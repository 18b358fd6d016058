#include "scanning/index_scans.hpp"

#include "oci/media_type.hpp"
#include "registry/scan_requests.hpp"
#include "scanning/scan_notes.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace berth::scanning {
namespace {

using store::ScanState;

int rank(const ChildScan& child) {
    switch (child.scan.state) {
        case ScanState::in_progress:
            return 0;
        case ScanState::pending:
            return 1;
        case ScanState::complete:
            return 2;
        case ScanState::failed:
            break;
    }
    return 3;
}

// What the scans did not see, or why there is nothing of a child.
std::string unseen_in(std::span<const ChildScan> children) {
    std::vector<std::string> notes;
    for (const auto& [digest, scan] : children) {
        const bool failed = scan.state == ScanState::failed;
        if (failed || !scan.reason.empty()) notes.push_back((failed ? digest.text() + " failed: " : "") + scan.reason);
    }
    return summary_of(notes);
}

}  // namespace

store::ImageScan together(std::span<const ChildScan> children) {
    auto scan = std::ranges::min_element(children, {}, rank)->scan;
    scan.counts = {};
    if (scan.state == ScanState::complete) scan.reason = unseen_in(children);
    for (const auto& one : children) {
        if (one.scan.completed_at > scan.completed_at) scan.completed_at = one.scan.completed_at;
        if (one.scan.revision != scan.revision) scan.revision += one.scan.revision;
    }
    return scan;
}

void add_index_scans(store::Transaction& tx, store::ScanType type, std::span<store::TaggedImage> images) {
    for (auto& index : images) {
        if (index.scan || oci::manifest_kind(index.image.media_type) != oci::ManifestKind::index) continue;
        std::vector<ChildScan> children;
        for (const auto& child : tx.images().children(index.image.id)) {
            if (auto scan = registry::current_scan(tx, type, child.id)) {
                children.push_back({.digest = child.digest, .scan = std::move(*scan)});
            }
        }
        if (!children.empty()) index.scan = together(children);
    }
}

}  // namespace berth::scanning
