// Lists of images. Each page starts where the last one ended and reads an index in its order, so it costs what it
// returns, however many images there are. A filter by status is the exception: it skips what it does not want.
#include "store/sql/enum_text.hpp"
#include "store/sql/image_row.hpp"
#include "store/sql/images.hpp"

#include <string>

namespace berth::store::sql {
namespace {

constexpr std::size_t annotations_at_once = std::size_t{1} << 20;  // bytes, but for the last image's

// Empty: every status.
std::string_view wanted_status(const ImageFilter& filter) {
    return filter.status ? to_text(*filter.status) : "";
}

std::vector<model::Image> read_images(Rows row) {
    std::vector<model::Image> found;
    for (; row; row.next()) found.push_back(read_image(row));
    return found;
}

void append_entries(std::vector<ImageEntry>& entries, Rows row) {
    for (; row; row.next()) {
        entries.push_back({.digest = row.get<model::Digest>(0), .tag = row.get<std::optional<model::Tag>>(1)});
    }
}

std::vector<model::Image> any_images(Connection& db, model::RepositoryId repository, std::string_view status,
                                     std::string_view after, std::size_t limit) {
    return read_images(db.run("SELECT " BERTH_IMAGE_COLUMNS " FROM image i WHERE i.repository = $1 AND i.digest > $2"
                              " AND ($3 = '' OR i.status = $3) ORDER BY i.digest LIMIT $4",
                              repository, after, status, limit));
}

std::vector<model::Image> untagged_images(Connection& db, model::RepositoryId repository, std::string_view status,
                                          std::string_view after, std::size_t limit) {
    return read_images(db.run("SELECT " BERTH_IMAGE_COLUMNS
                              " FROM image i WHERE i.repository = $1 AND i.tagged = 0 AND i.digest > $2"
                              " AND ($3 = '' OR i.status = $3) ORDER BY i.digest LIMIT $4",
                              repository, after, status, limit));
}

std::vector<std::string> tagged_digests(Connection& db, model::RepositoryId repository, std::string_view after,
                                        std::size_t limit) {
    std::vector<std::string> found;
    for (auto row = db.run("SELECT DISTINCT t.digest FROM tag t WHERE t.repository = $1 AND t.digest > $2"
                           " ORDER BY t.digest LIMIT $3",
                           repository, after, limit);
         row; row.next()) {
        found.push_back(row.get<std::string>(0));
    }
    return found;
}

// From the tags: among a million untagged images the tagged ones are found at once.
std::vector<model::Image> tagged_images(Connection& db, model::RepositoryId repository, std::string_view status,
                                        std::string_view after, std::size_t limit) {
    std::vector<model::Image> found;
    std::string position(after);
    while (found.size() < limit) {
        const auto digests = tagged_digests(db, repository, position, limit - found.size());
        if (digests.empty()) break;
        for (const auto& digest : digests) {
            auto row = db.run("SELECT " BERTH_IMAGE_COLUMNS
                              " FROM image i WHERE i.repository = $1 AND i.digest = $2 AND ($3 = '' OR i.status = $3)",
                              repository, digest, status);
            if (row) found.push_back(read_image(row));
        }
        position = digests.back();
    }
    return found;
}

// All tags of one image, then the images behind it; an untagged one shows once, without a tag.
std::vector<ImageEntry> any_entries(Connection& db, model::RepositoryId repository, std::string_view status,
                                    const ImageEntryPosition& after, std::size_t limit) {
    std::vector<ImageEntry> found;
    if (!after.digest.empty()) {
        append_entries(found, db.run("SELECT i.digest, t.name FROM image i JOIN tag t ON t.repository = i.repository"
                                     " AND t.digest = i.digest WHERE i.repository = $1 AND i.digest = $2"
                                     " AND t.name > $3 AND ($4 = '' OR i.status = $4) ORDER BY t.name LIMIT $5",
                                     repository, after.digest, after.tag, status, limit));
    }
    if (found.size() == limit) return found;
    append_entries(found, db.run("SELECT i.digest, t.name FROM image i LEFT JOIN tag t ON t.repository = i.repository"
                                 " AND t.digest = i.digest WHERE i.repository = $1 AND i.digest > $2"
                                 " AND ($3 = '' OR i.status = $3) ORDER BY i.digest, t.name LIMIT $4",
                                 repository, after.digest, status, limit - found.size()));
    return found;
}

std::vector<ImageEntry> tagged_entries(Connection& db, model::RepositoryId repository, std::string_view status,
                                       const ImageEntryPosition& after, std::size_t limit) {
    std::vector<ImageEntry> found;
    append_entries(found, db.run("SELECT t.digest, t.name FROM tag t WHERE t.repository = $1"
                                 " AND (t.digest, t.name) > ($2, $3) AND ($4 = '' OR EXISTS (SELECT 1 FROM image i"
                                 " WHERE i.repository = t.repository AND i.digest = t.digest AND i.status = $4))"
                                 " ORDER BY t.digest, t.name LIMIT $5",
                                 repository, after.digest, after.tag, status, limit));
    return found;
}

std::vector<ImageEntry> untagged_entries(Connection& db, model::RepositoryId repository, std::string_view status,
                                         const ImageEntryPosition& after, std::size_t limit) {
    std::vector<ImageEntry> found;
    append_entries(found, db.run("SELECT i.digest, NULL FROM image i WHERE i.repository = $1 AND i.tagged = 0"
                                 " AND i.digest > $2 AND ($3 = '' OR i.status = $3) ORDER BY i.digest LIMIT $4",
                                 repository, after.digest, status, limit));
    return found;
}

}  // namespace

std::vector<std::string> Images::tag_page(model::RepositoryId repository, std::string_view after, std::size_t limit) {
    std::vector<std::string> found;
    for (auto row = db_.run("SELECT t.name FROM tag t WHERE t.repository = $1 AND t.name > $2 AND NOT EXISTS"
                            " (SELECT 1 FROM image i WHERE i.repository = t.repository AND i.digest = t.digest"
                            " AND i.status <> 'ACTIVE') ORDER BY t.name LIMIT $3",
                            repository, after, limit);
         row; row.next()) {
        found.push_back(row.get<std::string>(0));
    }
    return found;
}

std::vector<TaggedImage> Images::page(model::RepositoryId repository, const ImageFilter& filter,
                                      std::string_view after_digest, std::size_t limit) {
    const auto list = filter.tag_status == TagStatusFilter::tagged     ? tagged_images
                      : filter.tag_status == TagStatusFilter::untagged ? untagged_images
                                                                       : any_images;
    std::vector<TaggedImage> found;
    for (auto& image : list(db_, repository, wanted_status(filter), after_digest, limit)) {
        auto names = tags(image.id);
        found.push_back({.image = std::move(image), .tags = std::move(names)});
    }
    return found;
}

std::vector<ImageEntry> Images::entry_page(model::RepositoryId repository, const ImageFilter& filter,
                                           const ImageEntryPosition& after, std::size_t limit) {
    const auto list = filter.tag_status == TagStatusFilter::tagged     ? tagged_entries
                      : filter.tag_status == TagStatusFilter::untagged ? untagged_entries
                                                                       : any_entries;
    return list(db_, repository, wanted_status(filter), after, limit);
}

std::vector<model::Image> Images::referrers(model::RepositoryId repository, const model::Digest& subject,
                                            std::string_view artifact_type, std::string_view after_digest,
                                            std::size_t limit) {
    std::vector<model::Image> found;
    std::size_t annotations = 0;
    for (auto row = db_.run("SELECT " BERTH_REFERRER_COLUMNS
                            " FROM image i WHERE i.repository = $1 AND i.subject = $2 AND i.digest > $3"
                            " AND ($4 = '' OR i.artifact_type = $4) AND i.status = 'ACTIVE' ORDER BY i.digest LIMIT $5",
                            repository, subject, after_digest, artifact_type, limit);
         row && annotations < annotations_at_once; row.next()) {
        found.push_back(read_image(row));
        annotations += found.back().annotations_json.size();
    }
    return found;
}

}  // namespace berth::store::sql
