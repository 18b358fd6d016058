// The importers: each reads the unpacked text of one kind of feed, from beginning to end, and hands on what it finds. A
// record that is not understood is skipped with its reason; a text that breaks off or is of another kind is a fault.
#pragma once

#include "archive/source.hpp"
#include "base/result.hpp"
#include "vulndb/feed.hpp"
#include "vulndb/record.hpp"

namespace berth::vulndb {

using Importer = Result<void> (*)(archive::Source& text, RecordSink& sink);

[[nodiscard]] Result<void> import_osv(archive::Source& text, RecordSink& sink);
[[nodiscard]] Result<void> import_debian_tracker(archive::Source& text, RecordSink& sink);
[[nodiscard]] Result<void> import_secdb(archive::Source& text, RecordSink& sink);
[[nodiscard]] Result<void> import_ubuntu_tracker(archive::Source& text, RecordSink& sink);
[[nodiscard]] Result<void> import_amazon_facts(archive::Source& text, RecordSink& sink);
[[nodiscard]] Result<void> import_updateinfo(archive::Source& text, RecordSink& sink);
[[nodiscard]] Result<void> import_csaf_vex(archive::Source& text, RecordSink& sink);
[[nodiscard]] Result<void> import_kev(archive::Source& text, RecordSink& sink);
[[nodiscard]] Result<void> import_epss(archive::Source& text, RecordSink& sink);
[[nodiscard]] Result<void> import_nvd(archive::Source& text, RecordSink& sink);

[[nodiscard]] Importer importer_of(FeedKind kind);

}  // namespace berth::vulndb
