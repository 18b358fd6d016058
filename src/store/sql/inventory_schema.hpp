// The tables of inventories, and the way from a package to the images that have it.
#pragma once

#include <string_view>

namespace berth::store::sql {

inline constexpr std::string_view inventory_schema = R"sql(
CREATE TABLE layer_inventory (
    digest {text} PRIMARY KEY,
    scanner BIGINT NOT NULL,         -- the version of the readers
    bytes {bytes} NOT NULL
);

CREATE TABLE inventory (
    id {id} PRIMARY KEY,
    hash {text} NOT NULL
);
CREATE UNIQUE INDEX inventory_hash ON inventory (hash);

CREATE TABLE inventory_bytes (
    inventory {id} PRIMARY KEY,
    bytes {bytes} NOT NULL
);

CREATE TABLE inventory_review (      -- inventories that lost an image: does any still have them?
    inventory {id} PRIMARY KEY
);

CREATE TABLE followed_image (        -- images whose findings follow the vulnerability database
    image {id} PRIMARY KEY,
    inventory BIGINT NOT NULL
);
CREATE INDEX followed_image_inventory ON followed_image (inventory, image);

CREATE TABLE lookup_set (
    id {id} PRIMARY KEY,
    hash {text} NOT NULL
);
CREATE UNIQUE INDEX lookup_set_hash ON lookup_set (hash);

CREATE TABLE lookup (
    ecosystem {text} NOT NULL,
    release {text} NOT NULL,
    package {text} NOT NULL,         -- empty: the stream itself
    lookup_set BIGINT NOT NULL,
    PRIMARY KEY (ecosystem, release, package, lookup_set)
) {clustered};
CREATE INDEX lookup_of_set ON lookup (lookup_set);

CREATE TABLE inventory_lookups (
    lookup_set BIGINT NOT NULL,
    inventory BIGINT NOT NULL,
    PRIMARY KEY (lookup_set, inventory)
) {clustered};
CREATE INDEX inventory_lookups_inventory ON inventory_lookups (inventory);
)sql";

// Version 9: an image follows an inventory for each layer with packages, and findings are kept with inventories. Images
// that followed are scanned anew; what their layers hold is known.
inline constexpr std::string_view shared_findings_schema = R"sql(
INSERT INTO scan_queue (image, repository, turn, ready, due_at, owner, attempts)
SELECT s.image, s.repository, row_number() OVER (PARTITION BY s.repository ORDER BY s.image), 1, 0, '', 0
FROM followed_image f JOIN image_scan s ON s.image = f.image
WHERE s.state = 'COMPLETE' AND s.continuous = 1 ON CONFLICT (image) DO NOTHING;
INSERT INTO inventory_review (inventory) SELECT id FROM inventory WHERE true ON CONFLICT (inventory) DO NOTHING;
DROP TABLE followed_image;

CREATE TABLE followed_image (        -- images whose findings follow the vulnerability database
    image BIGINT NOT NULL,
    inventory BIGINT NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (image, inventory)
) {clustered};
CREATE INDEX followed_image_inventory ON followed_image (inventory, image);

CREATE TABLE inventory_findings (
    inventory {id} PRIMARY KEY,
    brief {bytes} NOT NULL,          -- before the bytes, which are not read for it
    bytes {bytes} NOT NULL
);

CREATE TABLE inventory_rematch (     -- inventories that are to be matched again
    inventory {id} PRIMARY KEY,
    matched BIGINT NOT NULL,         -- 1: they are, and their images are being told
    told BIGINT NOT NULL,            -- up to this image
    news {bytes} NOT NULL
);
)sql";

}  // namespace berth::store::sql
