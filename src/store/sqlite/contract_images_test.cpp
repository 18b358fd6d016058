#include "store/sqlite/contract.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace berth::store::contract {
namespace {

constexpr model::RepositoryId here{1};
constexpr model::RepositoryId elsewhere{2};

using ImagesContract = Contract;

std::vector<std::string> texts(const std::vector<model::Tag>& tags) {
    std::vector<std::string> all;
    for (const auto& one : tags) all.push_back(one.text());
    return all;
}

TEST_F(ImagesContract, KeepsWhatItIsGiven) {
    auto added = image(11, 1, "manifest");
    added.image.artifact_type = "application/vnd.example";
    added.image.image_size = 1ULL << 40;
    added.image.subject = digest("subject");
    added.image.annotations_json = R"({"a":"ä"})";
    added.image.last_pulled_at = at(77);
    added.image.status = model::ImageStatus::archived;
    const std::string manifest("with\0zero", 9);
    added.manifest = manifest;
    change([&](Transaction& tx) { tx.images().insert(added); });

    const auto found = look([&](Transaction& tx) { return tx.images().find(here, digest("manifest")); });
    ASSERT_TRUE(found);
    EXPECT_EQ(found->id, added.image.id);
    EXPECT_EQ(found->repository, here);
    EXPECT_EQ(found->media_type, added.image.media_type);
    EXPECT_EQ(found->artifact_type, added.image.artifact_type);
    EXPECT_EQ(found->manifest_size, added.image.manifest_size);
    EXPECT_EQ(found->image_size, added.image.image_size);
    EXPECT_EQ(found->subject, added.image.subject);
    EXPECT_EQ(found->annotations_json, "");  // only referrers are shown with them
    change([&](Transaction& tx) { tx.images().set_status(added.image.id, model::ImageStatus::active, at(1)); });
    const auto referrers =
        look([&](Transaction& tx) { return tx.images().referrers(here, digest("subject"), "", "", 9); });
    ASSERT_EQ(referrers.size(), 1U);
    EXPECT_EQ(referrers.front().annotations_json, added.image.annotations_json);
    EXPECT_EQ(found->pushed_at, added.image.pushed_at);
    EXPECT_EQ(found->last_pulled_at, added.image.last_pulled_at);
    EXPECT_EQ(found->status, model::ImageStatus::archived);
    EXPECT_EQ(look([&](Transaction& tx) { return tx.images().manifest(added.image.id); }), manifest);
    EXPECT_FALSE(look([&](Transaction& tx) { return tx.images().find(elsewhere, digest("manifest")); }));
    EXPECT_TRUE(look([&](Transaction& tx) { return tx.images().any(here); }));
    EXPECT_FALSE(look([&](Transaction& tx) { return tx.images().any(elsewhere); }));
}

TEST_F(ImagesContract, ADigestIsThereOnce) {
    const auto twice = wait_for(store_->write([&](Transaction& tx) -> Result<int> {
        tx.images().insert(image(1, 1, "same"));
        tx.images().insert(image(2, 1, "same"));
        return 0;
    }));
    EXPECT_EQ(twice.error().kind, FaultKind::unavailable);
    EXPECT_FALSE(look([&](Transaction& tx) { return tx.images().any(here); }));
}

TEST_F(ImagesContract, TagsMoveAndKeepTheirAge) {
    change([&](Transaction& tx) {
        auto& table = tx.images();
        table.insert(image(1, 1, "old"));
        table.insert(image(2, 1, "new"));
        table.put_tag(here, tag("zz"), model::ImageRowId{1}, at(1));
        table.put_tag(here, tag("latest"), model::ImageRowId{1}, at(2));
        table.put_tag(here, tag("zz"), model::ImageRowId{1}, at(3));
        EXPECT_EQ(texts(table.tags(model::ImageRowId{1})), (std::vector<std::string>{"zz", "latest"}));
        EXPECT_EQ(table.count_tags(model::ImageRowId{1}), 2U);

        table.put_tag(here, tag("latest"), model::ImageRowId{2}, at(4));
        EXPECT_EQ(table.find(here, tag("latest")).value().id, model::ImageRowId{2});
        EXPECT_EQ(table.count_tags(model::ImageRowId{1}), 1U);
        EXPECT_EQ(table.count_tags(model::ImageRowId{2}), 1U);

        table.erase_tag(here, tag("latest"));
        table.erase_tag(here, tag("latest"));
        EXPECT_FALSE(table.find(here, tag("latest")));
        EXPECT_TRUE(table.find(here, digest("new")));
    });
}

TEST_F(ImagesContract, TagPagesAreInByteOrder) {
    change([&](Transaction& tx) {
        tx.images().insert(image(1, 1, "m"));
        for (const auto* text : {"b", "B", "a", "_", "1", "a.1"}) {
            tx.images().put_tag(here, tag(text), model::ImageRowId{1}, at(1));
        }
        using Texts = std::vector<std::string>;
        EXPECT_EQ(tx.images().tag_page(here, "", 10), (Texts{"1", "B", "_", "a", "a.1", "b"}));
        EXPECT_EQ(tx.images().tag_page(here, "B", 2), (Texts{"_", "a"}));
        EXPECT_EQ(tx.images().tag_page(here, "C", 1), (Texts{"_"}));
        EXPECT_EQ(tx.images().tag_page(here, "b", 10), Texts{});
        EXPECT_EQ(tx.images().tag_page(elsewhere, "", 10), Texts{});
    });
}

TEST_F(ImagesContract, ErasingTakesTagsAndReferencesAlong) {
    change([&](Transaction& tx) {
        auto index = image(1, 1, "index");
        index.blobs = {{.media_type = "", .digest = digest("layer"), .size = 1},
                       {.media_type = "", .digest = digest("layer"), .size = 1}};
        index.children = {digest("child"), digest("child"), digest("absent")};
        tx.images().insert(index);
        tx.images().insert(image(2, 1, "child"));
        tx.images().put_tag(here, tag("v1"), index.image.id, at(1));
        tx.images().put_tag(here, tag("v2"), model::ImageRowId{2}, at(1));
        EXPECT_EQ(tx.images().parents(here, digest("child")), std::vector{digest("index")});
        EXPECT_EQ(tx.images().parents(here, digest("absent")), std::vector{digest("index")});
        EXPECT_TRUE(tx.images().parents(elsewhere, digest("child")).empty());
        EXPECT_TRUE(tx.blobs().referenced(here, digest("layer")));

        EXPECT_EQ(tx.images().erase(index.image.id, at(9)).size(), 1U);
        EXPECT_FALSE(tx.images().find(here, digest("index")));
        EXPECT_FALSE(tx.images().find(here, tag("v1")));
        EXPECT_TRUE(tx.images().parents(here, digest("child")).empty());
        EXPECT_FALSE(tx.blobs().referenced(here, digest("layer")));
        EXPECT_TRUE(tx.images().find(here, tag("v2")));
        tx.images().insert(index);
        EXPECT_EQ(tx.images().count_tags(index.image.id), 0U);
    });
}

TEST_F(ImagesContract, LastPulledIsKept) {
    change([&](Transaction& tx) {
        tx.images().insert(image(1, 1, "m"));
        tx.images().set_last_pulled(model::ImageRowId{1}, at(123));
        EXPECT_EQ(tx.images().find(here, digest("m")).value().last_pulled_at, at(123));
    });
}

// Twelve images: 0-3 untagged, 4-7 with one tag, 8-11 with three; every third is archived.
class ImageLists : public Contract {
protected:
    ImageLists() {
        change([&](Transaction& tx) {
            for (int n = 0; n < 12; ++n) {
                const auto manifest = "m" + std::to_string(n);
                auto added = image(n + 1, 1, manifest);
                if (n % 3 == 0) added.image.status = model::ImageStatus::archived;
                tx.images().insert(added);
                auto& entry = expected_[added.image.digest.text()];
                entry.archived = n % 3 == 0;
                for (int t = 0; t < (n < 4 ? 0 : n < 8 ? 1 : 3); ++t) {
                    const auto text = "t" + std::to_string(n) + std::to_string(t);
                    tx.images().put_tag(here, tag(text), added.image.id, at(t));
                    entry.tags.insert(text);
                }
            }
            // Tags that came and went, and ones of another repository, must not show.
            tx.images().put_tag(here, tag("moving"), model::ImageRowId{1}, at(1));
            tx.images().put_tag(here, tag("moving"), model::ImageRowId{2}, at(2));
            tx.images().erase_tag(here, tag("moving"));
            tx.images().insert(image(100, 2, "m1"));
            tx.images().put_tag(elsewhere, tag("other"), model::ImageRowId{100}, at(1));
        });
    }

    struct Expected {
        bool archived = false;
        std::set<std::string> tags;
    };
    [[nodiscard]] static bool wanted(const Expected& entry, const ImageFilter& filter) {
        if (filter.tag_status == TagStatusFilter::tagged && entry.tags.empty()) return false;
        if (filter.tag_status == TagStatusFilter::untagged && !entry.tags.empty()) return false;
        return !filter.status || (*filter.status == model::ImageStatus::archived) == entry.archived;
    }
    [[nodiscard]] static std::vector<ImageFilter> filters() {
        std::vector<ImageFilter> all;
        for (const auto tags : {TagStatusFilter::any, TagStatusFilter::tagged, TagStatusFilter::untagged}) {
            all.push_back({.tag_status = tags, .status = std::nullopt});
            all.push_back({.tag_status = tags, .status = model::ImageStatus::active});
            all.push_back({.tag_status = tags, .status = model::ImageStatus::archived});
        }
        return all;
    }

    std::map<std::string, Expected> expected_;
};

TEST_F(ImageLists, PagesOfImagesAddUpForEveryFilterAndLimit) {
    for (const auto& filter : filters()) {
        std::vector<std::string> expected;
        for (const auto& [text, entry] : expected_) {
            if (wanted(entry, filter)) expected.push_back(text);
        }
        for (const std::size_t limit : {1U, 2U, 5U, 50U}) {
            std::vector<std::string> got;
            for (bool more = true; more;) {
                const auto page = look([&](Transaction& tx) {
                    return tx.images().page(here, filter, got.empty() ? "" : got.back(), limit);
                });
                EXPECT_LE(page.size(), limit);
                for (const auto& one : page) {
                    got.push_back(one.image.digest.text());
                    const auto tags = texts(one.tags);
                    EXPECT_EQ(std::set(tags.begin(), tags.end()), expected_[got.back()].tags);
                }
                more = !page.empty();
            }
            EXPECT_EQ(got, expected) << "limit " << limit;
        }
    }
}

TEST_F(ImageLists, PagesOfEntriesAddUpForEveryFilterAndLimit) {
    using Entry = std::pair<std::string, std::string>;
    for (const auto& filter : filters()) {
        std::vector<Entry> expected;
        for (const auto& [text, entry] : expected_) {
            if (!wanted(entry, filter)) continue;
            for (const auto& one : entry.tags) expected.emplace_back(text, one);
            if (entry.tags.empty()) expected.emplace_back(text, "");
        }
        for (const std::size_t limit : {1U, 2U, 5U, 50U}) {
            std::vector<Entry> got;
            for (bool more = true; more;) {
                ImageEntryPosition after;
                if (!got.empty()) after = {.digest = got.back().first, .tag = got.back().second};
                const auto page =
                    look([&](Transaction& tx) { return tx.images().entry_page(here, filter, after, limit); });
                EXPECT_LE(page.size(), limit);
                for (const auto& one : page) got.emplace_back(one.digest.text(), one.tag ? one.tag->text() : "");
                more = !page.empty();
            }
            EXPECT_EQ(got, expected) << "limit " << limit;
        }
    }
}

TEST_F(ImagesContract, ReferrersAreFilteredAndPaged) {
    std::vector<std::string> all;
    std::vector<std::string> signatures;
    change([&](Transaction& tx) {
        for (int n = 0; n < 6; ++n) {
            const auto manifest = "r" + std::to_string(n);
            auto added = image(n + 1, 1, manifest);
            added.image.subject = digest("subject");
            added.image.artifact_type = n % 2 == 0 ? "application/signature" : "application/sbom";
            tx.images().insert(added);
            all.push_back(added.image.digest.text());
            if (n % 2 == 0) signatures.push_back(added.image.digest.text());
        }
        auto other = image(50, 1, "other");
        other.image.subject = digest("other subject");
        tx.images().insert(other);
        auto away = image(51, 2, "r0");
        away.image.subject = digest("subject");
        tx.images().insert(away);
    });
    std::ranges::sort(all);
    std::ranges::sort(signatures);
    const auto list = [&](std::string_view type, std::size_t limit) {
        std::vector<std::string> got;
        for (bool more = true; more;) {
            const auto page = look([&](Transaction& tx) {
                return tx.images().referrers(here, digest("subject"), type, got.empty() ? "" : got.back(), limit);
            });
            EXPECT_LE(page.size(), limit);
            for (const auto& one : page) got.push_back(one.digest.text());
            more = !page.empty();
        }
        return got;
    };
    EXPECT_EQ(list("", 2), all);
    EXPECT_EQ(list("application/signature", 2), signatures);
    EXPECT_EQ(list("application/none", 2), std::vector<std::string>{});
}

// Annotations may be as large as manifests: a page of them must not take memory by the hundred megabytes.
TEST_F(ImagesContract, APageOfReferrersEndsWhereItsAnnotationsAreLarge) {
    change([&](Transaction& tx) {
        for (int n = 0; n < 5; ++n) {
            const auto manifest = "r" + std::to_string(n);
            auto added = image(n + 1, 1, manifest);
            added.image.subject = digest("subject");
            added.image.annotations_json = std::string(700'000, 'a');
            tx.images().insert(added);
        }
    });
    std::size_t count = 0;
    std::string last;
    for (bool more = true; more;) {
        const auto page =
            look([&](Transaction& tx) { return tx.images().referrers(here, digest("subject"), "", last, 32); });
        EXPECT_LE(page.size(), 2U);
        count += page.size();
        more = !page.empty();
        if (more) last = page.back().digest.text();
    }
    EXPECT_EQ(count, 5U);
}

}  // namespace
}  // namespace berth::store::contract
