// What events of scans say beyond the image they are about, as JSON.
//
//   scan.complete  {"scan-type","scan-status","image-tags":[...],"finding-severity-counts":{"HIGH":2},"reason"}
//   scan.finding   {"vulnerability-id","severity","fix-available","packages":[{"name","version","fixed-in"}]}
#pragma once

#include "model/names.hpp"
#include "scan/finding.hpp"
#include "store/scan_table.hpp"

#include <span>
#include <string>

namespace berth::scanning {

[[nodiscard]] std::string scan_detail(const store::ImageScan& scan, std::span<const model::Tag> tags);
[[nodiscard]] std::string finding_detail(const scan::Finding& finding);

}  // namespace berth::scanning
