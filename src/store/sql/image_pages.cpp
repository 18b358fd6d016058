// Lists of images. Each page starts where the last one ended and reads an index in its order, so it costs what it
// returns, however many images there are and however rare those are that the filter wants.
#include "store/sql/enum_text.hpp"
#include "store/sql/image_row.hpp"
#include "store/sql/images.hpp"

#include <algorithm>
#include <optional>
#include <string>

namespace berth::store::sql {
namespace {

constexpr std::size_t annotations_at_once = std::size_t{1} << 20;  // bytes, but for the last image's

constexpr model::ImageStatus every_status[] = {model::ImageStatus::active, model::ImageStatus::archived,
                                               model::ImageStatus::activating};

// One stretch of the index image_list: its images ascend by digest.
struct Stretch {
    model::ImageStatus status;
    bool tagged;
};

std::vector<Stretch> stretches_of(const ImageFilter& filter) {
    std::vector<Stretch> wanted;
    for (const auto status : every_status) {
        if (filter.status && *filter.status != status) continue;
        for (const bool tagged : {false, true}) {
            if (filter.tag_status == TagStatusFilter::tagged && !tagged) continue;
            if (filter.tag_status == TagStatusFilter::untagged && tagged) continue;
            wanted.push_back({.status = status, .tagged = tagged});
        }
    }
    return wanted;
}

bool takes_all(const ImageFilter& filter) {
    return filter.tag_status == TagStatusFilter::any && !filter.status;
}

void append_digests(std::vector<std::string>& digests, Rows row) {
    for (; row; row.next()) digests.push_back(row.get<std::string>(0));
}

// The first `limit` digests behind `after`, ascending: merged from the stretches, of which there are at most six.
std::vector<std::string> digests_behind(Connection& db, model::RepositoryId repository, const ImageFilter& filter,
                                        std::string_view after, std::size_t limit) {
    std::vector<std::string> digests;
    if (takes_all(filter)) {
        append_digests(digests, db.run("SELECT digest FROM image WHERE repository = $1 AND digest > $2"
                                       " ORDER BY digest LIMIT $3",
                                       repository, after, limit));
        return digests;
    }
    for (const auto& stretch : stretches_of(filter)) {
        append_digests(digests, db.run("SELECT digest FROM image WHERE repository = $1 AND status = $2 AND tagged = $3"
                                       " AND digest > $4 ORDER BY digest LIMIT $5",
                                       repository, to_text(stretch.status), stretch.tagged, after, limit));
    }
    std::ranges::sort(digests);
    if (digests.size() > limit) digests.resize(limit);
    return digests;
}

bool matches(Connection& db, model::RepositoryId repository, const ImageFilter& filter, std::string_view digest) {
    if (takes_all(filter)) return true;
    auto row = db.run("SELECT status, tagged FROM image WHERE repository = $1 AND digest = $2", repository, digest);
    if (!row) return false;
    const auto status = parse_image_status(row.get<std::string_view>(0));
    const bool tagged = row.get<bool>(1);
    return std::ranges::any_of(stretches_of(filter), [&](const Stretch& stretch) {
        return stretch.status == status && stretch.tagged == tagged;
    });
}

// The tags of one image behind `after`; an untagged image shows once, without a tag, before all.
void append_entries(std::vector<ImageEntry>& entries, Connection& db, model::RepositoryId repository,
                    const std::string& digest, std::optional<std::string_view> after, std::size_t limit) {
    const auto image = model::Digest::parse(digest);
    if (!image) throw Error(FaultKind::unavailable, "a stored name or digest is malformed");
    const auto before = entries.size();
    for (auto row = db.run("SELECT name FROM tag WHERE repository = $1 AND digest = $2 AND name > $3 ORDER BY name"
                           " LIMIT $4",
                           repository, digest, after.value_or(""), limit);
         row; row.next()) {
        entries.push_back({.digest = *image, .tag = row.get<model::Tag>(0)});
    }
    if (!after && entries.size() == before) entries.push_back({.digest = *image, .tag = std::nullopt});
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
    std::vector<TaggedImage> found;
    for (const auto& digest : digests_behind(db_, repository, filter, after_digest, limit)) {
        auto row = db_.run("SELECT " BERTH_IMAGE_COLUMNS " FROM image i WHERE i.repository = $1 AND i.digest = $2",
                           repository, digest);
        if (!row) continue;
        auto image = read_image(row);
        auto names = tags(image.id);
        found.push_back({.image = std::move(image), .tags = std::move(names)});
    }
    return found;
}

std::vector<model::Image> Images::page(model::ImageRowId after, std::size_t limit) {
    std::vector<model::Image> found;
    for (auto row = db_.run("SELECT " BERTH_IMAGE_COLUMNS " FROM image i WHERE i.id > $1 ORDER BY i.id LIMIT $2", after,
                            limit);
         row; row.next()) {
        found.push_back(read_image(row));
    }
    return found;
}

std::vector<ImageEntry> Images::entry_page(model::RepositoryId repository, const ImageFilter& filter,
                                           const ImageEntryPosition& after, std::size_t limit) {
    std::vector<ImageEntry> found;
    if (!after.digest.empty() && matches(db_, repository, filter, after.digest)) {
        append_entries(found, db_, repository, after.digest, after.tag, limit);
    }
    // Each image has an entry at least, so no more of them are needed than entries.
    for (const auto& digest : digests_behind(db_, repository, filter, after.digest, limit - found.size())) {
        if (found.size() == limit) break;
        append_entries(found, db_, repository, digest, std::nullopt, limit - found.size());
    }
    return found;
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

std::vector<model::Image> Images::followers(model::RepositoryId repository, const model::Digest& subject,
                                            std::string_view after_digest, std::size_t limit) {
    std::vector<model::Image> found;
    for (auto row = db_.run("SELECT " BERTH_IMAGE_COLUMNS
                            " FROM image i WHERE i.repository = $1 AND i.subject = $2 AND i.digest > $3"
                            " ORDER BY i.digest LIMIT $4",
                            repository, subject, after_digest, limit);
         row; row.next()) {
        found.push_back(read_image(row));
    }
    return found;
}

}  // namespace berth::store::sql
