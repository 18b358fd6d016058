#include "store/sqlite/contract.hpp"

namespace berth::store::contract {
namespace {

using RepositoriesContract = Contract;

TEST_F(RepositoriesContract, KeepsEverySetting) {
    auto wanted = repository(7, "team/app");
    wanted.tag_mutability = {.value = model::TagMutability::immutable_with_exclusion,
                             .exclusions = {{.filter = "dev-*"}, {.filter = "latest"}}};
    wanted.scan_on_push = true;
    wanted.encryption = {.type = model::EncryptionType::kms, .kms_key = "arn:aws:kms:us-east-1:000000000000:key/k"};
    change([&](Transaction& tx) { EXPECT_EQ(tx.repositories().insert(wanted), Inserted::yes); });

    const auto found = look([&](Transaction& tx) { return tx.repositories().find(registry(), name("team/app")); });
    ASSERT_TRUE(found);
    EXPECT_EQ(found->id, wanted.id);
    EXPECT_EQ(found->registry, wanted.registry);
    EXPECT_EQ(found->name, wanted.name);
    EXPECT_EQ(found->created_at, wanted.created_at);
    EXPECT_EQ(found->tag_mutability, wanted.tag_mutability);
    EXPECT_TRUE(found->scan_on_push);
    EXPECT_EQ(found->encryption.type, model::EncryptionType::kms);
    EXPECT_EQ(found->encryption.kms_key, wanted.encryption.kms_key);
}

TEST_F(RepositoriesContract, OneNameOneRepositoryInEachRegistry) {
    change([&](Transaction& tx) {
        EXPECT_EQ(tx.repositories().insert(repository(1, "app")), Inserted::yes);
        EXPECT_EQ(tx.repositories().insert(repository(2, "app")), Inserted::no);
        auto elsewhere = repository(3, "app");
        elsewhere.registry = registry("111111111111");
        EXPECT_EQ(tx.repositories().insert(elsewhere), Inserted::yes);
    });
    const auto found = look([&](Transaction& tx) { return tx.repositories().find(registry(), name("app")); });
    EXPECT_EQ(found.value().id, model::RepositoryId{1});
}

TEST_F(RepositoriesContract, PagesInByteOrder) {
    change([&](Transaction& tx) {
        std::int64_t id = 0;
        for (const auto* text : {"b", "a-b", "a/b", "aa", "a.b"}) {
            // Names are two characters at least.
            (void)tx.repositories().insert(repository(++id, std::string("x") + text));
        }
    });
    const auto names = [&](std::string_view after, std::size_t limit) {
        return look([&](Transaction& tx) {
            std::string all;
            for (const auto& found : tx.repositories().page(registry(), after, limit)) all += found.name.text() + " ";
            return all;
        });
    };
    EXPECT_EQ(names("", 10), "xa-b xa.b xa/b xaa xb ");
    EXPECT_EQ(names("", 2), "xa-b xa.b ");
    EXPECT_EQ(names("xa.b", 2), "xa/b xaa ");
    EXPECT_EQ(names("xa.c", 1), "xa/b ");
    EXPECT_EQ(names("xb", 10), "");
    EXPECT_EQ(names("", 0), "");
}

TEST_F(RepositoriesContract, ADeletedNameIsFreeAtOnce) {
    change([&](Transaction& tx) {
        (void)tx.repositories().insert(repository(1, "app"));
        tx.repositories().mark_deleted(model::RepositoryId{1}, at(50));
        EXPECT_FALSE(tx.repositories().find(registry(), name("app")));
        EXPECT_TRUE(tx.repositories().page(registry(), "", 10).empty());
        EXPECT_EQ(tx.repositories().insert(repository(2, "app")), Inserted::yes);
        EXPECT_EQ(tx.repositories().find(registry(), name("app")).value().id, model::RepositoryId{2});
    });
}

TEST_F(RepositoriesContract, TagMutabilityChanges) {
    const model::TagMutabilityRule rule{.value = model::TagMutability::mutable_with_exclusion,
                                        .exclusions = {{.filter = "v*"}}};
    change([&](Transaction& tx) {
        (void)tx.repositories().insert(repository(1, "app"));
        (void)tx.repositories().insert(repository(2, "other"));
        tx.repositories().set_tag_mutability(model::RepositoryId{1}, rule);
        EXPECT_EQ(tx.repositories().find(registry(), name("app")).value().tag_mutability, rule);
        EXPECT_EQ(tx.repositories().find(registry(), name("other")).value().tag_mutability, model::TagMutabilityRule{});
    });
}

TEST_F(RepositoriesContract, ResourceTagsAreOverwrittenAndErased) {
    change([&](Transaction& tx) {
        auto& table = tx.repositories();
        const model::RepositoryId id{1};
        table.put_resource_tag(id, {.key = "stage", .value = "test"});
        table.put_resource_tag(id, {.key = "owner", .value = ""});
        table.put_resource_tag(id, {.key = "stage", .value = "production"});
        EXPECT_EQ(table.resource_tags(id), (std::vector<model::ResourceTag>{{.key = "owner", .value = ""},
                                                                            {.key = "stage", .value = "production"}}));
        table.erase_resource_tag(id, "owner");
        table.erase_resource_tag(id, "never was");
        EXPECT_EQ(table.resource_tags(id).size(), 1U);
        EXPECT_TRUE(table.resource_tags(model::RepositoryId{2}).empty());
    });
}

Upload upload_of(std::int64_t repository_id, std::string_view id, std::string_view key) {
    Upload upload;
    upload.id = model::UploadId::parse(id).value();
    upload.repository = model::RepositoryId{repository_id};
    upload.key = key;
    return upload;
}

// One of everything that can hang on a repository, besides 3 images with two tags.
void fill(Transaction& tx, std::int64_t id, std::string_view upload_id, std::string_view key) {
    const model::RepositoryId repository_id{id};
    std::int64_t row = id * 100;
    for (const auto* text : {"one", "two", "three"}) {
        const auto manifest = text + std::to_string(id);
        auto added = image(++row, id, manifest);
        added.blobs = {{.media_type = "", .digest = digest("layer"), .size = 5}};
        added.children = {digest("child")};
        tx.images().insert(added);
        tx.images().put_tag(repository_id, tag(std::string(text) + "-a"), added.image.id, at(1));
        tx.images().put_tag(repository_id, tag(std::string(text) + "-b"), added.image.id, at(1));
    }
    tx.blobs().link(repository_id, digest("layer"), at(1), at(2));
    tx.uploads().insert(upload_of(id, upload_id, key));
    tx.repositories().put_resource_tag(repository_id, {.key = "k", .value = "v"});
}

TEST_F(RepositoriesContract, PurgeGoesInBoundedStepsAndSparesTheLiving) {
    change([&](Transaction& tx) {
        (void)tx.repositories().insert(repository(1, "gone"));
        (void)tx.repositories().insert(repository(2, "kept"));
        (void)tx.blobs().insert({.digest = digest("layer"), .size = 5, .location = {.key = "k", .inline_bytes = {}}},
                                at(1));
        fill(tx, 1, "00000000-0000-4000-8000-000000000001", "upload/1");
        fill(tx, 2, "00000000-0000-4000-8000-000000000002", "upload/2");
    });
    change([&](Transaction& tx) { EXPECT_EQ(tx.repositories().purge(100), 0U); });
    change([&](Transaction& tx) { tx.repositories().mark_deleted(model::RepositoryId{1}, at(9)); });

    std::size_t gone = 0;
    for (std::size_t step = 1; step != 0;) {
        change([&](Transaction& tx) { step = tx.repositories().purge(4); });
        EXPECT_LE(step, 4U);
        gone += step;
    }
    // 6 tags, 3 blob references, 3 child references, 3 images, link, upload, resource tag, repository.
    EXPECT_EQ(gone, 19U);
    change([&](Transaction& tx) {
        const model::RepositoryId dead{1};
        const model::RepositoryId living{2};
        EXPECT_FALSE(tx.images().any(dead));
        EXPECT_TRUE(tx.images().tag_page(dead, "", 10).empty());
        EXPECT_FALSE(tx.blobs().referenced(dead, digest("layer")));
        EXPECT_TRUE(tx.images().parents(dead, digest("child")).empty());
        EXPECT_FALSE(tx.blobs().find(dead, digest("layer")));
        EXPECT_EQ(tx.uploads().count(dead), 0U);
        EXPECT_TRUE(tx.repositories().resource_tags(dead).empty());
        EXPECT_EQ(tx.blobs().discarded_keys(10), std::vector<std::string>{"upload/1"});

        EXPECT_EQ(tx.images().tag_page(living, "", 10).size(), 6U);
        EXPECT_EQ(tx.images().page(living, {}, "", 10).size(), 3U);
        EXPECT_TRUE(tx.blobs().referenced(living, digest("layer")));
        EXPECT_EQ(tx.images().parents(living, digest("child")).size(), 3U);
        EXPECT_TRUE(tx.blobs().find(living, digest("layer")));
        EXPECT_EQ(tx.uploads().count(living), 1U);
        EXPECT_EQ(tx.repositories().resource_tags(living).size(), 1U);
    });
}

}  // namespace
}  // namespace berth::store::contract
