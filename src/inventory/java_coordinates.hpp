// What a Java archive says of itself: Maven's coordinates, its manifest, its file name.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace berth::inventory {

struct JavaCoordinates {
    std::string group;  // empty: unknown
    std::string artifact;
    std::string version;

    friend bool operator==(const JavaCoordinates&, const JavaCoordinates&) = default;
};

// META-INF/maven/GROUP/ARTIFACT/pom.properties. nullopt unless it has all three.
[[nodiscard]] std::optional<JavaCoordinates> parse_pom_properties(std::string_view text);

// The attributes of a manifest's main section that name the archive.
struct JavaManifest {
    std::string symbolic_name = {};           // Bundle-SymbolicName without its parameters
    std::string module_name = {};             // Automatic-Module-Name
    std::string title = {};                   // Implementation-Title
    std::string vendor_id = {};               // Implementation-Vendor-Id, where Maven's archiver put the group
    std::string implementation_version = {};  // Implementation-Version
    std::string bundle_version = {};          // Bundle-Version
};
[[nodiscard]] JavaManifest parse_java_manifest(std::string_view text);

// ARTIFACT-VERSION.jar, the version beginning at the first hyphen before a digit.
struct JavaFileName {
    std::string artifact;
    std::string version;  // empty: the name has none
};
[[nodiscard]] JavaFileName parse_java_file_name(std::string_view name);

// The best guess without pom.properties. The group is known only where the bundle's name shows it (bundles are named
// GROUP.ARTIFACT by default, without repeating what the artifact has of the group's end: org.apache.commons +
// commons-lang3 = org.apache.commons.lang3), or the vendor's id says it. nullopt where no version is to be had.
[[nodiscard]] std::optional<JavaCoordinates> guess_coordinates(const JavaManifest& manifest, const JavaFileName& name);

}  // namespace berth::inventory
