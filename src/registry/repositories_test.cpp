#include "registry/repositories.hpp"

#include "testing/world.hpp"

namespace berth::registry {
namespace {

using testing::name;
using testing::repository;
using testing::tag;
using testing::wait_for;

class RepositoriesTest : public ::testing::Test {
protected:
    Result<model::Repository> create(std::string_view text, std::vector<model::ResourceTag> tags = {}) {
        return wait_for(world_.repositories.create(world_.root, testing::own_registry(),
                                                   {.name = name(text),
                                                    .tag_mutability = {},
                                                    .scan_on_push = false,
                                                    .encryption = {},
                                                    .tags = std::move(tags)}));
    }
    Result<model::Repository> get(std::string_view text) {
        return wait_for(world_.repositories.get(world_.root, repository(text)));
    }
    Result<model::Repository> remove(std::string_view text, Contents contents) {
        return wait_for(world_.repositories.remove(world_.root, repository(text), contents));
    }
    // An empty index is an image that needs nothing.
    Result<PutImageOutcome> put(std::string_view in, const std::string& name) {
        NewManifest manifest;
        manifest.bytes = R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]})";
        manifest.tags = {tag(name)};
        return wait_for(world_.images.put(world_.root, repository(in), manifest));
    }

    testing::World world_;
};

TEST_F(RepositoriesTest, OfRacingCreatesOneWins) {
    std::atomic<int> won = 0;
    testing::run_at_once(4, 40, [&](std::size_t n) -> Task<void> {
        return [](testing::World& world, std::size_t number, std::atomic<int>& count) -> Task<void> {
            NewRepository wanted{.name = name("race" + std::to_string(number % 4)),
                                 .tag_mutability = {},
                                 .scan_on_push = false,
                                 .encryption = {},
                                 .tags = {}};
            auto made = co_await world.repositories.create(world.root, testing::own_registry(), wanted);
            if (made) ++count;
            if (!made) {
                EXPECT_EQ(made.error().kind, FaultKind::repository_exists);
            }
        }(world_, n, won);
    });
    EXPECT_EQ(won, 4);
}

TEST_F(RepositoriesTest, DeletingFreesTheNameAtOnce) {
    for (int i = 0; i < 3; ++i) {
        const auto made = create("app");
        ASSERT_TRUE(made);
        ASSERT_TRUE(put("app", "latest"));
        EXPECT_EQ(get("app").value().id, made->id);
        EXPECT_EQ(remove("app", Contents::must_be_empty).error().kind, FaultKind::repository_not_empty);
        EXPECT_TRUE(get("app"));
        EXPECT_EQ(remove("app", Contents::delete_too).value().id, made->id);
        EXPECT_EQ(get("app").error().kind, FaultKind::repository_not_found);
        EXPECT_EQ(remove("app", Contents::delete_too).error().kind, FaultKind::repository_not_found);
        EXPECT_EQ(put("app", "latest").error().kind, FaultKind::repository_not_found);
    }
    ASSERT_TRUE(create("app"));
    const auto app = repository("app");
    const model::Reference latest = tag("latest");
    EXPECT_FALSE(wait_for(world_.images.get(world_.root, app, latest, Images::Pull::no)));
    EXPECT_TRUE(remove("app", Contents::must_be_empty));
}

TEST_F(RepositoriesTest, APurgeLeavesTheNewOneOfTheSameNameAlone) {
    ASSERT_TRUE(create("app", {{.key = "k", .value = "old"}}));
    ASSERT_TRUE(put("app", "old"));
    world_.push("app", "bytes");
    ASSERT_TRUE(remove("app", Contents::delete_too));
    ASSERT_TRUE(create("app", {{.key = "k", .value = "new"}}));
    ASSERT_TRUE(put("app", "new"));
    const auto purge = [&] {
        return wait_for(world_.metadata->write(
                            [](store::Transaction& tx) -> Result<std::size_t> { return tx.repositories().purge(2); }))
            .value();
    };
    int rounds = 0;
    while (purge() > 0) ASSERT_LT(++rounds, 100);
    EXPECT_GT(rounds, 1);
    const auto app = repository("app");
    const model::Reference reference = tag("new");
    EXPECT_TRUE(wait_for(world_.images.get(world_.root, app, reference, Images::Pull::no)));
    EXPECT_EQ(wait_for(world_.repositories.resource_tags(world_.root, app)).value().front().value, "new");
}

TEST_F(RepositoriesTest, PagesByNameAndGetsAllOrNone) {
    for (const auto* each : {"c/d", "a0", "b0", "a0/x"}) ASSERT_TRUE(create(each));
    const auto page = [&](std::string after) {
        std::string names;
        const auto found =
            wait_for(world_.repositories.page(world_.root, testing::own_registry(), std::move(after), 3)).value();
        for (const auto& each : found) {
            names += each.name.text() + " ";
        }
        return names;
    };
    EXPECT_EQ(page(""), "a0 a0/x b0 ");
    EXPECT_EQ(page("b0"), "c/d ");
    EXPECT_EQ(page("azz"), "b0 c/d ");
    const auto all = [&](std::vector<model::RepositoryName> names) {
        return wait_for(world_.repositories.get_all(world_.root, testing::own_registry(), std::move(names)));
    };
    EXPECT_EQ(all({name("c/d"), name("a0")}).value().front().name, name("c/d"));
    EXPECT_EQ(all({name("a0"), name("none")}).error().kind, FaultKind::repository_not_found);
}

TEST_F(RepositoriesTest, ResourceTagsFollowTheirRules) {
    ASSERT_TRUE(create("app", {{.key = "a", .value = "1"}}));
    EXPECT_EQ(create("bad", {{.key = "aws:x", .value = ""}}).error().kind, FaultKind::invalid_tag_parameter);
    EXPECT_FALSE(get("bad"));
    const auto app = repository("app");
    const auto tags = [&] { return wait_for(world_.repositories.resource_tags(world_.root, app)).value(); };
    const auto add = [&](std::vector<model::ResourceTag> added) {
        return wait_for(world_.repositories.put_resource_tags(world_.root, app, std::move(added)));
    };
    ASSERT_TRUE(add({{.key = "a", .value = "2"}, {.key = "b", .value = ""}}));
    EXPECT_EQ(tags().size(), 2);
    EXPECT_EQ(add({{.key = "c", .value = ""}, {.key = "c", .value = ""}}).error().kind,
              FaultKind::invalid_tag_parameter);
    std::vector<model::ResourceTag> many;
    for (int i = 0; i < 49; ++i) many.push_back({.key = "k" + std::to_string(i), .value = "v"});
    EXPECT_EQ(add(many).error().kind, FaultKind::too_many_tags);
    EXPECT_EQ(tags().size(), 2);
    many.pop_back();
    ASSERT_TRUE(add(many));
    EXPECT_EQ(tags().size(), 50);
    ASSERT_TRUE(wait_for(world_.repositories.erase_resource_tags(world_.root, app, {"a", "none"})));
    EXPECT_EQ(tags().size(), 49);
}

TEST_F(RepositoriesTest, ImmutabilityIsSeenByTheNextPut) {
    ASSERT_TRUE(create("app"));
    ASSERT_TRUE(put("app", "latest"));
    const auto set = [&](model::TagMutability value) {
        return wait_for(world_.repositories.set_tag_mutability(world_.root, repository("app"), {value, {}}));
    };
    for (const auto value : {model::TagMutability::immutable_tags, model::TagMutability::mutable_tags}) {
        ASSERT_TRUE(set(value));
        EXPECT_EQ(get("app").value().tag_mutability.value, value);
    }
}

TEST_F(RepositoriesTest, AnotherAccountIsRefusedBeforeItLearnsAnything) {
    ASSERT_TRUE(create("app"));
    auto stranger = world_.root;
    stranger.principal.account = model::AccountId::parse("999999999999").value();
    for (const auto* each : {"app", "missing"}) {
        EXPECT_EQ(wait_for(world_.repositories.get(stranger, repository(each))).error().kind, FaultKind::access_denied);
        EXPECT_EQ(wait_for(world_.repositories.remove(stranger, repository(each), Contents::delete_too)).error().kind,
                  FaultKind::access_denied);
    }
}

}  // namespace
}  // namespace berth::registry
