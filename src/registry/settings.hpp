// What an operator may decide about the use cases. Filled by the configuration; the defaults are ECR's behaviour.
#pragma once

#include "base/size.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace berth::registry {

enum class Missing : std::uint8_t { refuse, accept };
enum class Repush : std::uint8_t { refuse, accept };

struct LifecycleSettings {
    bool extensions = false;                                     // what ECR's policies cannot say
    std::chrono::milliseconds push_delay{10'000};                // from a push to the run it causes
    std::chrono::milliseconds preview_lifetime{24 * 3'600'000};  // how long a preview's results can be read
    std::size_t batch = 100;                                     // images a run acts on in one transaction
    std::chrono::milliseconds pause{20};                         // between two of those
    std::chrono::milliseconds restore_delay{1000};               // from the request to the active image
};

struct ScanSettings {
    std::chrono::milliseconds manual_interval{0};  // between two scans of one image; ECR: a day. 0: no limit
    bool manual_enhanced = false;                  // StartImageScan while the registry's scan type is ENHANCED
    bool vex = true;                               // VEX documents attached to an image set findings of it aside
};

struct Settings {
    std::size_t manifest_bytes = 4_MiB;                             // ECR: 4,194,304
    std::size_t manifest_depth = 32;                                // nesting of a manifest's JSON
    std::size_t inline_blob_bytes = 64_KiB;                         // blobs up to this size live in the metadata
    std::uint64_t layer_bytes = 52'000_MiB;                         // ECR: 52,000 MiB
    std::size_t tags_per_image = 1000;                              // ECR: 1,000
    std::size_t uploads_per_repository = 1000;                      // running at once
    std::chrono::milliseconds blob_grace = std::chrono::hours(24);  // how long a blob no image needs is kept
    std::chrono::seconds upload_lifetime = std::chrono::hours(24);  // after the last byte
    Missing missing_children = Missing::refuse;                     // an index whose manifests are not all there
    Missing missing_blobs = Missing::refuse;                        // an image whose config or layers are not all there
    Repush immutable_repush = Repush::refuse;  // the same digest under the same immutable tag, by a client
    bool delete_referenced = false;            // manifests an index names, blobs a manifest names
    std::chrono::milliseconds recycle_bin =
        std::chrono::hours(7 * 24);  // how long deleted images can come back; 0: off
    std::chrono::milliseconds restore_hold =
        std::chrono::hours(7 * 24);  // how long no lifecycle policy takes an image that came back
    LifecycleSettings lifecycle;
    ScanSettings scans;
    bool blob_mounting = true;             // cross-repository mount
    std::size_t cache_memory = 24_MiB;     // for what is read again and again
    std::size_t transfer_memory = 24_MiB;  // for pieces of blobs in transit
};

}  // namespace berth::registry
