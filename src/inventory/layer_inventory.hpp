// What one layer brings and what it hides: everything that is needed of a layer to say what an image holds, so that its
// bytes are read once. A value; it depends on nothing but the layer's bytes and the readers' version.
#pragma once

#include "archive/source.hpp"
#include "inventory/file_facts.hpp"
#include "inventory/file_reader.hpp"
#include "inventory/limits.hpp"
#include "inventory/path_hashes.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace berth::inventory {

// Part of every key under which a layer's inventory is kept. Goes up whenever a reader finds more, or the form changes.
inline constexpr int scanner_version = 2;

struct LayerInventory {
    using Paths = std::map<std::string, std::string, std::less<>>;

    std::map<std::string, FileFacts, std::less<>> files;  // those that say something
    Paths symlinks;    // those on the way to system files, with their targets as written
    Paths hard_links;  // to files of interest that must be in a lower layer
    // What it hides of lower layers (a union mount's rules): `covered` a path and everything below it (whiteouts, and
    // everything that is no folder), `folders` the path alone, `emptied` what is below it (opaque folders).
    PathHashes covered;
    PathHashes folders;
    PathHashes emptied;
    std::vector<std::string> problems;

    friend bool operator==(const LayerInventory&, const LayerInventory&) = default;
};

// An entry of the layer whose content was passed over before a hard link gave it a name of interest.
struct MissedLink {
    std::string target;
    std::string path;
};

struct LayerScan {
    LayerInventory layer;
    std::vector<MissedLink> missed;
};

// Reads a layer's tar stream (compressed or not) to its end. `also`: what an earlier reading of the same layer missed.
// Faults: those of archive/, and too_large for more than the limit on what is found; a single file that cannot be read
// is a problem only, of the layer or, where it is a database of packages, of the file: a layer above may replace it.
[[nodiscard]] Result<LayerScan> scan_layer(archive::Source& bytes, const Limits& limits, Scope scope,
                                           const std::vector<MissedLink>& also = {});

// About what it takes in memory.
[[nodiscard]] std::size_t weight_of(const LayerInventory& layer);

// The compact form to be kept by layer digest and scanner_version.
[[nodiscard]] std::string encode_layer(const LayerInventory& layer);
// Nothing when the bytes are no such form, or another version's, or would take more than about twice `most_memory`.
[[nodiscard]] std::optional<LayerInventory> decode_layer(std::string_view bytes,
                                                         std::uint64_t most_memory = std::uint64_t{1} << 30);

// The layers put together, the lowest first.
[[nodiscard]] Inventory union_of(const std::vector<LayerInventory>& layers);

// The same for a whole image: equal inventories have equal bytes.
[[nodiscard]] std::string encode_inventory(const Inventory& inventory);
[[nodiscard]] std::optional<Inventory> decode_inventory(std::string_view bytes,
                                                        std::uint64_t most_memory = std::uint64_t{1} << 30);

}  // namespace berth::inventory
