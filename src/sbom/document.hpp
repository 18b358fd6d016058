// What a bill of materials says besides the packages, and the packages as both formats list them.
#pragma once

#include "inventory/package.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace berth::sbom {

// What the bill is about, and who wrote it when.
struct Subject {
    std::string name = {};                 // an image: REGISTRY/REPOSITORY, without tag; else a path
    std::string tag = {};                  // empty: none
    std::string digest = {};               // of the image's manifest, sha256:...; empty: no image
    std::vector<std::string> layers = {};  // their digests, lowest first; may be empty
    std::int64_t created_at = 0;           // milliseconds since 1970
    std::string tool_version = {};
};

// One package, wherever in the image it lies.
struct Component {
    inventory::Package package;  // of the first place, in the order of paths
    std::string purl;
    std::vector<std::string> paths;  // sorted, each once
};

// Sorted by purl, each once: the order of an inventory's packages changes nothing. All text in it is UTF-8.
[[nodiscard]] std::vector<Component> components_of(const inventory::Inventory& inventory);

// pkg:oci/NAME@DIGEST?repository_url=...; empty for what is no image.
[[nodiscard]] std::string purl_of(const Subject& subject);

// A UUID that depends on the subject, the time and the packages alone: the same bill has the same one.
[[nodiscard]] std::string uuid_of(const Subject& subject, const std::vector<Component>& components);

// 2026-11-24T13:00:00Z; times before 1970 or after 9999 become the nearest of those years.
[[nodiscard]] std::string iso_time(std::int64_t milliseconds);

// Bytes that are not UTF-8 become U+FFFD: paths are any bytes, JSON is not.
[[nodiscard]] std::string clean(std::string_view text);

}  // namespace berth::sbom
