// What clients ask for again and again, in memory: repositories by name, manifests by tag and by digest, blobs by
// digest, pages of tag names. Valid only where this process is the only writer of its metadata.
#pragma once

#include "base/cache_table.hpp"
#include "model/image.hpp"
#include "model/repository.hpp"
#include "registry/call.hpp"

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace berth::registry {

// A manifest as it is served: immutable, shared between the cache and the answers being sent.
struct StoredManifest {
    model::ImageRowId image{};
    model::Digest digest;
    std::string media_type;
    std::shared_ptr<const std::string> bytes;
    // When a pull of it was last noted (ms since 1970), so that most pulls touch nothing shared but this.
    mutable std::atomic<std::int64_t> pull_noted_ms{0};
};

using TagNames = std::vector<std::string>;

// Thread-safe.
class ReadCache {
public:
    explicit ReadCache(std::size_t budget)
        : repositories(budget / 16),
          manifests(budget / 2),
          tags(budget / 8),
          blobs(budget / 4),
          tag_pages(budget / 16) {}

    CacheTable<model::Repository> repositories;  // key: 0, repository_key()
    CacheTable<StoredManifest> manifests;        // key: repository, digest
    CacheTable<StoredManifest> tags;             // key: repository, tag; shares the manifest's bytes
    CacheTable<model::Blob> blobs;               // key: repository, digest; inline bytes included
    CacheTable<TagNames, 4> tag_pages;           // key: repository, ""; the first page of max_tag_page names

    static constexpr std::size_t max_tag_page = 1001;  // a full page, and whether there is another
};

[[nodiscard]] std::string repository_key(const RepositoryRef& repository);
[[nodiscard]] inline CacheKey key_of(model::RepositoryId repository, std::string_view text) {
    return {static_cast<std::int64_t>(repository), text};
}

}  // namespace berth::registry
