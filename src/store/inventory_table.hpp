// What is known of images' contents: of layers, so that their bytes are read once, and of images whose findings follow
// the vulnerability database. Inventories are bytes here; inventory/ knows what they say.
//
// An image follows several inventories, one for each layer that brought packages: so all builds upon one base share the
// base's, with what was found in it. Many inventories ask the database for the same packages. Both are kept once, so
// the way from a package to its images stays short: package -> sets of packages that are looked up together ->
// inventories
// -> images.
#pragma once

#include "base/clock.hpp"
#include "model/digest.hpp"
#include "model/image.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace berth::store {

enum class InventoryId : std::int64_t {};

// A package name of a stream. An empty package stands for the stream itself: each set has it for its stream.
struct PackageLookup {
    std::string ecosystem;
    std::string release;
    std::string package;

    friend bool operator==(const PackageLookup&, const PackageLookup&) = default;
};

// Those of one stream that an inventory asks for; `hash` is the same exactly for equal sets.
struct LookupSet {
    std::string hash;
    std::vector<PackageLookup> lookups;
};

// What was found in an inventory. Bytes here; scanning/ knows what they say.
struct InventoryFindings {
    std::string brief;  // as much as counting takes
    std::string bytes;
};

// Without bytes it is a frozen one: what was found in an inventory at some time, which is never matched again. Images
// whose findings stay as they are have such inventories, and share them as others do.
struct FollowedInventory {
    std::string hash;  // the same exactly for equal bytes; of a frozen one, for the same findings
    std::string bytes;
    std::vector<LookupSet> sets;
    std::string generation;  // of the database that `findings` are by
    InventoryFindings findings;
};

// An inventory of an image.
struct FollowedPart {
    InventoryId inventory{};
    Timestamp since;  // when the image began to follow
    std::string brief;

    friend bool operator==(const FollowedPart&, const FollowedPart&) = default;
};

struct FollowingImage {
    model::ImageRowId image{};
    Timestamp since;
};

// An inventory that is to be matched again; when it is, its images are told one after the other.
struct Rematch {
    InventoryId inventory{};
    bool matched = false;
    model::ImageRowId told{};  // the last image that was
    std::string news = {};     // what they are told: bytes here
};

class InventoryTable {
public:
    virtual ~InventoryTable() = default;

    // Of a layer, as `scanner` read it; nothing of another version. Goes with the blob.
    [[nodiscard]] virtual std::optional<std::string> layer(const model::Digest&, int scanner) = 0;
    virtual void put_layer(const model::Digest&, int scanner, std::string_view bytes) = 0;

    // The image's findings follow the database from now on, by these inventories instead of earlier ones. Of one that
    // is there its own findings stay; one that is not, and was not matched by the target generation, is to be matched
    // again. The ids are for rows that may have to be made: one for each inventory and one for each of its sets.
    virtual void follow(model::ImageRowId, std::span<const FollowedInventory>, Timestamp since,
                        std::span<const std::int64_t> new_ids) = 0;
    // Does nothing to an image that does not follow. An image that is erased follows no longer.
    virtual void unfollow(model::ImageRowId) = 0;

    // The image's findings stay from now on as they are: each of its inventories gives way to a frozen one. The ids are
    // for rows that may have to be made: one for each inventory of the image.
    virtual void freeze(model::ImageRowId, std::span<const std::int64_t> new_ids) = 0;

    // Its inventories; empty: it has none.
    [[nodiscard]] virtual std::vector<FollowedPart> followed(model::ImageRowId) = 0;

    [[nodiscard]] virtual std::optional<InventoryId> find(std::string_view hash) = 0;
    // Those that ask for it.
    [[nodiscard]] virtual std::vector<InventoryId> inventories_with(const PackageLookup&) = 0;
    // All but the frozen ones, by id.
    [[nodiscard]] virtual std::vector<InventoryId> inventories(InventoryId after, std::size_t limit) = 0;
    // Empty: it is gone, or frozen.
    [[nodiscard]] virtual std::string inventory(InventoryId) = 0;
    // InventoryFindings::bytes; empty: it is gone.
    [[nodiscard]] virtual std::string findings(InventoryId) = 0;
    virtual void put_findings(InventoryId, const InventoryFindings&) = 0;
    [[nodiscard]] virtual std::vector<FollowingImage> images_with(InventoryId, model::ImageRowId after,
                                                                  std::size_t limit) = 0;
    // Looks at no more than `limit` inventories that lost an image, and removes those that have none; then their sets
    // that nobody has any more. Returns how many were looked at.
    [[nodiscard]] virtual std::size_t remove_unfollowed(std::size_t limit) = 0;

    // Those among them that wait already stay as they are.
    virtual void request_rematches(std::span<const InventoryId>) = 0;
    // By inventory.
    [[nodiscard]] virtual std::vector<Rematch> rematches(InventoryId after, std::size_t limit) = 0;
    virtual void update_rematch(const Rematch&) = 0;
    virtual void finish_rematch(InventoryId) = 0;

    // The generation of the database that all findings which follow it are up to, but for inventories that are to be
    // matched again; empty: none yet.
    [[nodiscard]] virtual std::string followed_generation() = 0;
    virtual void set_followed_generation(std::string_view generation) = 0;
    // The generation that they are brought to: set before anybody asks which inventories that takes.
    virtual void set_target_generation(std::string_view generation) = 0;
};

}  // namespace berth::store
