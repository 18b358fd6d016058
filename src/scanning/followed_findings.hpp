// Findings of enhanced scans, of images that follow the vulnerability database and of those that stay as they were
// scanned (frozen inventories): kept with the inventories of which such an image has one
// for each layer that brought packages. Images upon one base share the base's. What an image has for itself is how its
// scan ended, and since when it follows.
#pragma once

#include "base/clock.hpp"
#include "scanning/kept_findings.hpp"
#include "store/scan_table.hpp"
#include "store/transaction.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace berth::scanning {

// As much of an inventory's findings as counting takes: names and severities, by name.
class Brief {
public:
    [[nodiscard]] static std::string encode(const std::vector<scan::Finding>& findings);
    // Points into the bytes; of damaged ones it has what could be read.
    explicit Brief(std::string_view bytes);

    [[nodiscard]] bool has(std::string_view finding) const;
    friend store::SeverityCounts count(std::span<const Brief> parts);

private:
    std::vector<std::pair<std::string_view, scan::Severity>> entries_;
};

// Of an image with these parts: each flaw once, with the worst of its severities.
[[nodiscard]] store::SeverityCounts count(std::span<const Brief> parts);
[[nodiscard]] store::SeverityCounts count_parts(std::span<const store::FollowedPart> parts);

// An image's findings as they lie in the store; put_together() does the rest outside of the transaction.
struct StoredFindings {
    struct Part {
        store::FollowedPart followed;
        std::string bytes;
    };
    std::string own;  // empty: the image has none
    std::vector<Part> parts;
};
[[nodiscard]] StoredFindings stored_findings(store::Transaction& tx, model::ImageRowId image);

// Empty where there are none. nullopt: they are damaged, or of another version. `headers_last`:
// scan::Options::rank_kernel_headers_last.
[[nodiscard]] std::optional<KeptFindings> put_together(const StoredFindings& stored, bool headers_last);

}  // namespace berth::scanning
