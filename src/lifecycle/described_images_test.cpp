#include "lifecycle/described_images.hpp"

#include "lifecycle/notation.hpp"
#include "lifecycle/preview_text.hpp"

#include <gtest/gtest.h>

#include <string>

namespace berth::lifecycle {
namespace {

using namespace std::chrono;

std::string digest(const std::string& name) {
    return notation::digest(name);
}

std::string entry(const std::string& name, const std::string& more) {
    return R"({"registryId":"123456789012","repositoryName":"app","imageDigest":")" + digest(name) + "\"," + more + "}";
}

DescribedRepository listing(const std::string& entries) {
    auto parsed = parse_described_images(R"({"imageDetails":[)" + entries + "]}");
    EXPECT_TRUE(parsed) << parsed.error().message;
    return parsed.value_or(DescribedRepository());
}

TEST(DescribedImages, AreReadWithEitherKindOfTime) {
    const auto repository = listing(
        entry("a", R"("imageTags":["v1","v2"],"imagePushedAt":"2026-11-01T00:00:00-08:00","imageStatus":"ARCHIVED",)"
                   R"("lastArchivedAt":1795525200,"lastActivatedAt":1795525201.5,"unknown":{}})"
                   R"(,{"imagePushedAt":0,"imageDigest":")" +
                       digest("b") + R"(","imageTags":null,"subjectManifestDigest":")" + digest("a") +
                       R"(","childManifestDigests":[")" + digest("c") + R"("],"lastRecordedPullTime":1)"));
    EXPECT_EQ(repository.registry_id, "123456789012");
    EXPECT_EQ(repository.repository_name, "app");
    ASSERT_EQ(repository.images.size(), 2);
    const auto& a = repository.images[0];
    EXPECT_EQ(a.pushed_at, Timestamp(sys_days(2026y / 11 / 1) + 8h));
    EXPECT_EQ(a.tags, (std::vector<std::string>{"v1", "v2"}));
    EXPECT_EQ(a.status, model::ImageStatus::archived);
    EXPECT_EQ(a.last_archived_at, Timestamp(1795525200s));
    EXPECT_EQ(a.last_activated_at, Timestamp(1795525201500ms));
    const auto& b = repository.images[1];
    EXPECT_EQ(b.subject, digest("a"));
    EXPECT_EQ(b.children, std::vector<std::string>{digest("c")});
    EXPECT_EQ(b.last_pulled_at, Timestamp(1s));
    EXPECT_EQ(parse_described_images("[]").value().images.size(), 0);
}

TEST(DescribedImages, SayWhatIsWrongAndWhere) {
    const auto said = [](const std::string& text) {
        const auto parsed = parse_described_images(text);
        return parsed ? "accepted" : parsed.error().message;
    };
    const auto of_entry = [&](const std::string& more) {
        return said("[" + entry("a", R"("imagePushedAt":1)") + "," + entry("b", more) + "]");
    };
    EXPECT_TRUE(said("{").starts_with("not JSON: "));
    EXPECT_TRUE(said(std::string(5000, '[')).starts_with("not JSON: "));
    const std::string no_list = R"(neither a list nor an object with a list "imageDetails")";
    for (const auto* text : {"{}", "1", R"({"imageDetails":{}})"}) EXPECT_EQ(said(text), no_list) << text;
    EXPECT_EQ(said("[1]"), "imageDetails[0] must be an object");
    EXPECT_EQ(said("[{}]"), "imageDetails[0].imageDigest is missing");
    EXPECT_EQ(of_entry(R"("imageTags":[])"), "imageDetails[1].imagePushedAt is missing");
    const std::string time = " must be a time, ISO 8601 or seconds since 1970";
    EXPECT_EQ(of_entry(R"("imagePushedAt":"soon")"), "imageDetails[1].imagePushedAt" + time);
    EXPECT_EQ(of_entry(R"("imagePushedAt":1,"lastArchivedAt":1e300)"), "imageDetails[1].lastArchivedAt" + time);
    EXPECT_EQ(of_entry(R"("imagePushedAt":1,"imageTags":"v1")"), "imageDetails[1].imageTags must be a list of strings");
    EXPECT_EQ(of_entry(R"("imagePushedAt":1,"imageTags":[1])"), "imageDetails[1].imageTags must be a list of strings");
    EXPECT_EQ(of_entry(R"("imagePushedAt":1,"imageTags":[""])"),
              "imageDetails[1].imageTags must be of 1 to 300 characters each");
    EXPECT_EQ(of_entry(R"("imagePushedAt":1,"imageStatus":"GONE")"),
              "imageDetails[1].imageStatus must be ACTIVE, ARCHIVED or ACTIVATING");
    EXPECT_EQ(of_entry(R"("imagePushedAt":1,"subjectManifestDigest":"x")"),
              "imageDetails[1].subjectManifestDigest must be a digest like sha256:0123...");
    EXPECT_EQ(said("[" + entry("a", R"("imagePushedAt":1)") + "," + entry("a", R"("imagePushedAt":1)") + "]"),
              "imageDetails[1].imageDigest stands there twice");
}

class PreviewText : public ::testing::Test {
protected:
    const Timestamp at_ = sys_days(2026y / 11 / 24);
    const DescribedRepository repository_ =
        listing(entry("a", R"("imageTags":["v1"],"imagePushedAt":"2026-11-01")") + "," +
                entry("b", R"("imagePushedAt":"2026-11-20")") + "," +
                entry("s", R"("imagePushedAt":"2026-11-02","subjectManifestDigest":")" + digest("a") + "\""));

    [[nodiscard]] std::string json(const Policy& policy) const {
        return preview_json(policy, repository_, evaluate(policy, pack(repository_.images), at_));
    }
    [[nodiscard]] std::vector<ForecastDay> days(const Policy& policy, int count) const {
        return forecast(policy, repository_, at_, at_ + std::chrono::days(count));
    }
};

TEST_F(PreviewText, HasTheShapeOfTheServersAnswer) {
    const auto policy = notation::policy("3: pre=v pushed>14d -> archive / 4: untagged pushed>3d");
    EXPECT_EQ(json(policy),
              R"({"registryId":"123456789012","repositoryName":"app","lifecyclePolicyText":)"
              R"("{\"rules\":[{\"rulePriority\":3,\"selection\":{\"tagStatus\":\"tagged\",\"tagPrefixList\":[\"v\"],)"
              R"(\"countType\":\"sinceImagePushed\",\"countUnit\":\"days\",\"countNumber\":14},\"action\":{\"type\":)"
              R"(\"transition\",\"targetStorageClass\":\"archive\"}},{\"rulePriority\":4,\"selection\":{\"tagStatus\":)"
              R"(\"untagged\",\"countType\":\"sinceImagePushed\",\"countUnit\":\"days\",\"countNumber\":3},\"action\":)"
              R"({\"type\":\"expire\"}}]}","status":"COMPLETE","previewResults":[{"imageTags":["v1"],"imageDigest":")" +
                  digest("a") +
                  R"(","imagePushedAt":"2026-11-01T00:00:00.000000+00:00","action":{"type":"TRANSITION",)"
                  R"("targetStorageClass":"ARCHIVE"},"appliedRulePriority":3,"storageClass":"STANDARD"},)"
                  R"({"imageDigest":")" +
                  digest("b") +
                  R"(","imagePushedAt":"2026-11-20T00:00:00.000000+00:00","action":{"type":"EXPIRE"},)"
                  R"("appliedRulePriority":4,"storageClass":"STANDARD"}],"summary":{"expiringImageTotalCount":1,)"
                  R"("transitioningImageTotalCounts":[{"targetStorageClass":"ARCHIVE","imageTotalCount":1}]}})"
                  "\n");
}

TEST_F(PreviewText, SumsUpWhatDoesNotHappenToo) {
    EXPECT_TRUE(json(notation::policy("4: untagged pushed>3d"))
                    .ends_with(R"("summary":{"expiringImageTotalCount":1,"transitioningImageTotalCounts":[]}})"
                               "\n"));
}

TEST_F(PreviewText, TablesSayWhy) {
    const auto policy = notation::policy("3: pre=v pushed>14d / 4: untagged pushed>90d");
    const auto table = preview_table(policy, repository_, evaluate(policy, pack(repository_.images), at_));
    const auto a = digest("a").substr(0, 19);
    const auto s = digest("s").substr(0, 19);
    EXPECT_EQ(table,
              "ACTION  PUSHED      DIGEST               TAGS  WHY\n"
              "expire  2026-11-01  " +
                  a +
                  "  v1    rule 3 (tagged v*, pushed more than 14 days ago): it is 23 days\n"
                  "expire  2026-11-02  " +
                  s +
                  "  -     rule 3 (tagged v*, pushed more than 14 days ago): follows the image it refers to\n"
                  "2 images of 3 would expire.\n");
    EXPECT_EQ(preview_table(policy, {}, {}), "0 images of 0 would expire.\n");
}

// a is archived on the first day, and 91 days later it expires; b expires when it is over 10 days old.
TEST_F(PreviewText, ForecastsGoOnFromDayToDay) {
    const auto policy =
        notation::policy("1: pre=v pushed>14d -> archive / 2: untagged pushed>10d / 3: any archived>90d");
    const auto found = days(policy, 200);
    ASSERT_EQ(found.size(), 3);
    const auto told = [&](std::size_t day) {
        std::string text = std::to_string(floor<std::chrono::days>(found[day].at - at_).count()) + ":";
        for (const auto& entry : found[day].entries) {
            text += repository_.images[entry.image].digest == digest("a")   ? " a"
                    : repository_.images[entry.image].digest == digest("b") ? " b"
                                                                            : " s";
            text += entry.decision.effect == Effect::archive ? " archived" : " expires";
        }
        return text;
    };
    EXPECT_EQ(told(0), "0: a archived s archived");
    EXPECT_EQ(told(1), "7: b expires");
    EXPECT_EQ(told(2), "91: a expires s expires");
    const auto json = forecast_json(policy, repository_, found);
    EXPECT_NE(json.find(R"("forecast":[{"at":"2026-11-24T00:00:00.000000+00:00","previewResults":[)"), json.npos);
    EXPECT_NE(json.find(R"("appliedRulePriority":3,"storageClass":"ARCHIVE")"), json.npos) << json;
    EXPECT_TRUE(forecast_table(policy, repository_, found).contains("2027-02-23\nACTION  PUSHED"));
    EXPECT_EQ(days(policy, 6).size(), 1);
    EXPECT_EQ(days(policy, 7).size(), 2);
}

}  // namespace
}  // namespace berth::lifecycle
