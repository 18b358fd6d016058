// The matcher: what an image holds against what is known. Pure; the same input gives the same findings.
//
// Rules (each has a test that names it): a distribution's package is matched by the distribution's own data of the
// image's own release, never by a range of the upstream project; Debian's, Ubuntu's and Alpine's data speak of source
// packages and are compared with the source's version; an RPM's of binary packages; equal to the fix is fixed.
#pragma once

#include "base/clock.hpp"
#include "inventory/package.hpp"
#include "scan/finding.hpp"
#include "vulndb/database.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace berth::scan {

// ECR's two kinds of scan.
enum class Depth : std::uint8_t {
    basic,     // packages of the operating system
    enhanced,  // and those of languages
};

struct Options {
    Depth depth = Depth::basic;
    // Findings that only the kernel's headers bring (linux-libc-dev) come after all others; without it they stand where
    // their severity puts them. They are never left out.
    bool rank_kernel_headers_last = false;
    // To say when a release's support has ended; without it nothing is said.
    std::optional<Timestamp> now;
};

// Where something is there that could not be read (inventory::Inventory::gaps), a complete result is partial, and one
// without anything to judge is unreadable. An image whose system is unknown or not covered, or has no package database,
// is unsupported; so is one without findings whose release has ended, since nobody looks any more. An enhanced scan
// that finds packages of languages is complete with those, and a note says what it could not see; but not if the
// database holds nothing about any of those languages. Such an ecosystem is named by a note where others could be
// judged.
[[nodiscard]] Findings match(const inventory::Inventory& inventory, const vulndb::Database& database,
                             const Options& options);

// The same for an image whose packages were matched in parts, each an inventory of its own with the distribution of the
// whole: match_part() gives findings and notes of the part alone, conclude() all else that match() says of the whole,
// and join() (scan/join.hpp) puts findings together.
[[nodiscard]] Findings match_part(const inventory::Inventory& part, const vulndb::Database& database,
                                  const Options& options);
[[nodiscard]] Findings conclude(const inventory::Inventory& inventory, const vulndb::Database& database,
                                const Options& options, bool any_findings);

// What match() asks the database: one (stream, package name) each, sorted, without duplicates. When the advisories of
// none of them change, the image's findings don't either; that is what an index for continuous scans is made of.
struct Lookup {
    vulndb::Stream stream;
    std::string package;

    friend bool operator==(const Lookup&, const Lookup&) = default;
    friend auto operator<=>(const Lookup&, const Lookup&) = default;
};
[[nodiscard]] std::vector<Lookup> lookups_of(const inventory::Inventory& inventory, Depth depth);

}  // namespace berth::scan
