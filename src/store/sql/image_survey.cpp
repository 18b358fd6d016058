// All images of a repository in one go, for lifecycle policies. Images and tags are both read by digest and joined on
// the way; nothing is kept but one image's tags.
#include "store/sql/enum_text.hpp"
#include "store/sql/images.hpp"

#include <string>

namespace berth::store::sql {

void Images::survey(model::RepositoryId repository, const SurveyImage& visit) {
    auto tag = db_.run("SELECT digest, name FROM tag WHERE repository = $1 ORDER BY digest, name", repository);
    std::vector<std::string> names;
    std::vector<std::string_view> tags;
    for (auto row = db_.run("SELECT i.id, i.digest, i.subject, i.status, i.pushed_at, i.last_pulled_at,"
                            " i.last_archived_at, i.last_activated_at FROM image i WHERE i.repository = $1"
                            " ORDER BY i.digest",
                            repository);
         row; row.next()) {
        const auto digest = row.get<std::string_view>(1);
        names.clear();
        while (tag && tag.get<std::string_view>(0) < digest) tag.next();
        for (; tag && tag.get<std::string_view>(0) == digest; tag.next()) names.push_back(tag.get<std::string>(1));
        tags.assign(names.begin(), names.end());
        visit({.id = row.get<model::ImageRowId>(0),
               .digest = digest,
               .tags = tags,
               .subject = row.get<std::optional<std::string_view>>(2).value_or(std::string_view()),
               .status = parse_image_status(row.get<std::string_view>(3)),
               .pushed_at = row.get<Timestamp>(4),
               .last_pulled_at = row.get<std::optional<Timestamp>>(5),
               .last_archived_at = row.get<std::optional<Timestamp>>(6),
               .last_activated_at = row.get<std::optional<Timestamp>>(7)});
    }
}

void Images::survey_children(model::RepositoryId repository, const SurveyChild& visit) {
    for (auto row =
             db_.run("SELECT parent, child FROM image_child WHERE repository = $1 ORDER BY child, parent", repository);
         row; row.next()) {
        visit(row.get<model::ImageRowId>(0), row.get<std::string_view>(1));
    }
}

}  // namespace berth::store::sql
