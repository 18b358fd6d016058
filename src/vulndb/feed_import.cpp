#include "vulndb/feed_import.hpp"

#include "archive/tar.hpp"
#include "archive/zip.hpp"
#include "base/encoding.hpp"
#include "vulndb/importers.hpp"
#include "vulndb/json_text.hpp"
#include "vulndb/mapped_file.hpp"
#include "vulndb/recognise.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <vector>

namespace berth::vulndb {

namespace {

std::string_view as_text(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::unexpected<Fault> unknown() {
    return fail(FaultKind::invalid_parameter, "not a feed that is known, nor an archive of such");
}

// The files of an archive as one feed: the first that is recognised says of which kind.
class Members {
public:
    Members(const std::string& name, GenerationBuilder& builder) : name_(name), builder_(builder) {}

    // A member that is broken costs that member alone.
    void take(std::string_view member, std::span<const std::byte> content) {
        content = content.subspan(mark_bytes(as_text(content)));
        const auto kind = recognise_feed(as_text(content).substr(0, recognisable_bytes));
        if (!kind) {
            // A licence or a list beside the records is no loss; a record without a form is.
            if (kind_ && member.ends_with(".json")) builder_.skip(member, "not a feed that is known");
            return;
        }
        if (!kind_) {
            kind_ = kind;
            builder_.begin_feed(name_, *kind);
        }
        if (kind != kind_) return builder_.skip(member, "a feed of another kind than those before it");
        archive::MemorySource source(content);
        if (const auto read = importer_of(*kind)(source, builder_); !read) builder_.skip(member, read.error().message);
    }
    void skip(std::string_view member, std::string_view reason) {
        if (kind_) builder_.skip(member, reason);
    }

    [[nodiscard]] bool any() const { return kind_.has_value(); }

private:
    const std::string& name_;
    GenerationBuilder& builder_;
    std::optional<FeedKind> kind_;
};

Result<void> import_tar(FeedSource& feed, Members& members) {
    archive::TarReader tar(feed, feed_limits());
    for (;;) {
        const auto entry = tar.next();
        if (!entry) return std::unexpected(entry.error());
        if (*entry == nullptr) return {};
        if ((*entry)->kind != archive::EntryKind::file) continue;
        if ((*entry)->size > JsonText::max_value_bytes) {
            members.skip((*entry)->path, "too long");
            continue;
        }
        const auto path = (*entry)->path;
        const auto content = tar.whole(JsonText::max_value_bytes);
        if (!content) return std::unexpected(content.error());
        members.take(path, *content);
    }
}

// In the order of their names: that of the directory is chance.
Result<void> import_zip(std::span<const std::byte> file, Members& members) {
    auto zip = archive::ZipReader::open(file, feed_limits());
    if (!zip) return fail(std::move(zip));
    std::vector<archive::ZipEntry> entries(zip->entries().begin(), zip->entries().end());
    std::ranges::stable_sort(entries, {}, &archive::ZipEntry::name);
    for (const auto& entry : entries) {
        if (entry.is_folder()) continue;
        const auto content = zip->read(entry, JsonText::max_value_bytes);
        if (!content && content.error().kind == FaultKind::deadline) return std::unexpected(content.error());
        if (content)
            members.take(entry.name, *content);
        else
            members.skip(entry.name, content.error().message);
    }
    return {};
}

// Where records are and none can be used, the file is not what it should be: it must not take the place of a good one.
Result<GenerationBuilder::Ended> with_something_in_it(GenerationBuilder::Ended ended) {
    const auto& counts = ended.feed.counts;
    if (counts.skipped == 0 || counts.held() + counts.withdrawn > 0) return ended;
    return fail(FaultKind::invalid_parameter,
                "none of its records can be used (" + std::to_string(counts.skipped) +
                    " skipped); the first: " + (ended.reasons.empty() ? std::string() : ended.reasons.front()));
}

Result<GenerationBuilder::Ended> import_zip_file(const FeedFile& file, const FeedSource& feed,
                                                 GenerationBuilder& builder) {
    if (!feed.is_plain()) return fail(FaultKind::unsupported, "a zip file that is packed once more");
    const auto mapped = MappedFile::open(file.file);
    if (!mapped) return std::unexpected(mapped.error());
    Members members(file.name, builder);
    if (auto read = import_zip(mapped->bytes(), members); !read) return fail(std::move(read));
    if (!members.any()) return unknown();
    Sha256 hash;
    hash.update(mapped->bytes());
    const auto digest = hash.digest();
    return with_something_in_it(
        builder.end_feed(to_hex(std::span(reinterpret_cast<const unsigned char*>(digest.data()), digest.size())),
                         mapped->bytes().size()));
}

}  // namespace

Result<GenerationBuilder::Ended> import_feed(const FeedFile& file, FeedSource& feed, GenerationBuilder& builder) {
    const auto container = recognise_container(feed.start());
    if (container == Container::zip) return import_zip_file(file, feed, builder);
    if (container == Container::tar) {
        Members members(file.name, builder);
        if (auto read = import_tar(feed, members); !read) return fail(std::move(read));
        if (!members.any()) return unknown();
    } else {
        const auto kind = recognise_feed(feed.start());
        if (!kind) return unknown();
        builder.begin_feed(file.name, *kind);
        if (auto read = importer_of(*kind)(feed, builder); !read) return fail(std::move(read));
    }
    // What stands behind the end belongs to the file and its hash all the same, and its checksums must hold.
    if (auto rest = archive::drain(feed); !rest) return fail(std::move(rest));
    return with_something_in_it(builder.end_feed(feed.file().sha256(), feed.file().bytes()));
}

}  // namespace berth::vulndb
