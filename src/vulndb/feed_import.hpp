// One file of a feed into a builder.
#pragma once

#include "base/result.hpp"
#include "vulndb/feed_source.hpp"
#include "vulndb/generation_builder.hpp"
#include "vulndb/import.hpp"

namespace berth::vulndb {

// From begin_feed() to end_feed(), or a fault, after which the builder is good for nothing. `feed` is at its beginning.
[[nodiscard]] Result<GenerationBuilder::Ended> import_feed(const FeedFile& file, FeedSource& feed,
                                                           GenerationBuilder& builder);

}  // namespace berth::vulndb
