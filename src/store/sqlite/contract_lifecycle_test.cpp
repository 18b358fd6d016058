// Lifecycle policies, previews, and what the archive changes in the lists of images.
#include "store/sqlite/contract.hpp"

#include <algorithm>
#include <map>

namespace berth::store::contract {
namespace {

constexpr model::RepositoryId app{1};

class LifecycleContract : public Contract {
protected:
    LifecycleContract() {
        change([](Transaction& tx) { (void)tx.repositories().insert(repository(1, "app")); });
    }
    static LifecyclePolicy policy(std::string text, std::int64_t version) {
        return {.repository = app, .text = std::move(text), .version = version};
    }
    static LifecyclePreview preview(std::int64_t id) {
        return {.id = id, .repository = app, .policy_text = "policy " + std::to_string(id)};
    }
    // Even positions are tagged.
    static std::vector<PreviewResult> results(int count) {
        std::vector<PreviewResult> made;
        for (int n = 0; n < count; ++n) {
            PreviewResult one{.position = n, .digest = digest("i" + std::to_string(n)), .tags = {}, .pushed_at = at(n)};
            if (n % 2 == 0) one.tags = {tag("a" + std::to_string(n)), tag("b" + std::to_string(n))};
            one.rule_priority = n + 1;
            one.action = n == 0 ? LifecycleAction::archive : LifecycleAction::expire;
            one.archived = n == 1;
            made.push_back(one);
        }
        return made;
    }
    static void insert(Transaction& tx, std::int64_t preview, int count) {
        const auto all = results(count);
        tx.lifecycle().insert_results(preview, all);
        std::vector<PreviewPlace> places;
        for (const auto& one : all) {
            places.push_back({.digest = one.digest.text(), .tagged = !one.tags.empty(), .position = one.position});
        }
        std::ranges::sort(places, {}, &PreviewPlace::digest);
        tx.lifecycle().insert_places(preview, places);
    }
    static std::vector<std::int64_t> positions(const std::vector<PreviewResult>& results) {
        std::vector<std::int64_t> found;
        for (const auto& one : results) found.push_back(one.position);
        return found;
    }
};

using Positions = std::vector<std::int64_t>;

TEST_F(LifecycleContract, APolicyIsReplacedAndErased) {
    change([](Transaction& tx) {
        EXPECT_FALSE(tx.lifecycle().policy(app));
        EXPECT_FALSE(tx.lifecycle().has_policy(app));
        tx.lifecycle().put_policy(policy("first", 1));
        auto evaluated = policy("", 1);
        evaluated.evaluation = {.last_evaluated_at = at(50), .failures = "f"};
        tx.lifecycle().note_evaluation(evaluated);
        EXPECT_EQ(tx.lifecycle().policy(app).value().evaluation.last_evaluated_at, at(50));
        EXPECT_EQ(tx.lifecycle().policy(app).value().evaluation.failures, "f");
        EXPECT_EQ(tx.lifecycle().policy(app).value().text, "first");

        tx.lifecycle().put_policy(policy("second", 2));
        tx.lifecycle().note_evaluation(evaluated);  // of the version that was replaced
        const auto found = tx.lifecycle().policy(app).value();
        EXPECT_EQ(found.text, "second");
        EXPECT_EQ(found.version, 2);
        EXPECT_EQ(found.evaluation.last_evaluated_at, at(0));
        EXPECT_TRUE(tx.lifecycle().has_policy(app));
        tx.lifecycle().erase_policy(app);
        EXPECT_FALSE(tx.lifecycle().has_policy(app));
    });
}

TEST_F(LifecycleContract, AnEvaluationIsOfOneVersionOfWhateverPolicy) {
    change([](Transaction& tx) {
        auto evaluated = policy("a default's", 7);
        evaluated.evaluation = {.last_evaluated_at = at(50), .failures = "f"};
        tx.lifecycle().note_evaluation(evaluated);
        EXPECT_FALSE(tx.lifecycle().has_policy(app));
        EXPECT_EQ(tx.lifecycle().evaluation(app, 7).last_evaluated_at, at(50));
        EXPECT_EQ(tx.lifecycle().evaluation(app, 7).failures, "f");
        EXPECT_EQ(tx.lifecycle().evaluation(app, 8).last_evaluated_at, at(0));
        tx.repositories().mark_deleted(app, at(60));
        evaluated.version = 9;
        tx.lifecycle().note_evaluation(evaluated);
        EXPECT_EQ(tx.lifecycle().evaluation(app, 9).last_evaluated_at, at(0)) << "there is no such repository";
        while (tx.repositories().purge(2) > 0) {
        }
        EXPECT_EQ(tx.lifecycle().evaluation(app, 7).last_evaluated_at, at(0));
    });
}

TEST_F(LifecycleContract, WhereASubjectWentIsRememberedOnce) {
    change([](Transaction& tx) {
        auto& table = tx.lifecycle();
        EXPECT_FALSE(table.lead(app));
        const auto cause = model::by_principal("arn:somebody");
        table.note_lead(app, {.subject = digest("s"), .way = Way::out, .at = at(1), .cause = cause});
        table.note_lead(app, {.subject = digest("s"), .way = Way::to_archive, .at = at(2), .cause = cause});
        EXPECT_FALSE(table.lead(model::RepositoryId{2}));
        const auto lead = table.lead(app).value();
        EXPECT_EQ(lead.subject, digest("s"));
        EXPECT_EQ(lead.way, Way::to_archive);
        EXPECT_EQ(lead.at, at(2));
        EXPECT_EQ(lead.cause, cause);
        EXPECT_TRUE(table.leads_by_rules(app).empty());
        table.forget_lead(app, digest("s"));
        EXPECT_FALSE(table.lead(app));

        table.note_lead(app, {.subject = digest("s"), .way = Way::out, .at = at(1), .cause = cause});
        tx.repositories().mark_deleted(app, at(9));
        while (tx.repositories().purge(2) > 0) {
        }
        EXPECT_FALSE(table.lead(app));
    });
}

TEST_F(LifecycleContract, WhatARuleLedAwayIsARunsAndNotTheJobs) {
    change([](Transaction& tx) {
        auto& table = tx.lifecycle();
        const auto by_rule = model::by_lifecycle_rule(3);
        for (const auto* name : {"r", "s"}) {
            table.note_lead(app, {.subject = digest(name), .way = Way::out, .at = at(1), .cause = by_rule});
        }
        EXPECT_FALSE(table.lead(app));
        EXPECT_TRUE(table.leads_by_rules(model::RepositoryId{2}).empty());
        const auto leads = table.leads_by_rules(app);
        ASSERT_EQ(leads.size(), 2U);
        EXPECT_LT(leads[0].subject.text(), leads[1].subject.text());
        EXPECT_EQ(leads[0].cause, by_rule);
        table.note_lead(app, {.subject = digest("s"), .way = Way::out, .at = at(2), .cause = model::by_principal("p")});
        EXPECT_EQ(table.lead(app).value().cause, model::by_principal("p")) << "the later one has its place";
        EXPECT_EQ(table.leads_by_rules(app).size(), 1U);
    });
}

TEST_F(LifecycleContract, RepositoriesWithAPolicyComeById) {
    change([](Transaction& tx) {
        for (const std::int64_t id : {30, 10, 20}) {
            auto one = policy("p", id);
            one.repository = model::RepositoryId{id};
            tx.lifecycle().put_policy(one);
        }
        const auto page = tx.lifecycle().repositories_with_policy(model::RepositoryId{10}, 1);
        EXPECT_EQ(page, (std::vector{model::RepositoryId{20}}));
        EXPECT_EQ(tx.lifecycle().repositories_with_policy(model::RepositoryId{0}, 9).size(), 3U);
    });
}

TEST_F(LifecycleContract, DefaultsAreARegistrysOwn) {
    change([](Transaction& tx) {
        tx.lifecycle().put_default(registry(), {.pattern = "b*", .text = "one", .version = 1});
        tx.lifecycle().put_default(registry(), {.pattern = "a*", .text = "two", .version = 2});
        tx.lifecycle().put_default(registry(), {.pattern = "b*", .text = "three", .version = 3});
        tx.lifecycle().put_default(registry("111111111111"), {.pattern = "*", .text = "foreign", .version = 4});
        const auto found = tx.lifecycle().defaults(registry());
        ASSERT_EQ(found.size(), 2U);
        EXPECT_EQ(found[0].pattern, "a*");
        EXPECT_EQ(found[1].text, "three");
        EXPECT_EQ(found[1].version, 3);
        EXPECT_EQ(tx.lifecycle().registries_with_defaults().size(), 2U);
        EXPECT_TRUE(tx.lifecycle().erase_default(registry(), "a*"));
        EXPECT_FALSE(tx.lifecycle().erase_default(registry(), "a*"));
        EXPECT_EQ(tx.lifecycle().defaults(registry()).size(), 1U);
    });
}

TEST_F(LifecycleContract, ResultsArePagedByPositionAndKind) {
    change([](Transaction& tx) {
        EXPECT_FALSE(tx.lifecycle().preview(app));
        tx.lifecycle().insert_preview(preview(7), at(1));
        insert(tx, 7, 6);
        insert(tx, 8, 2);

        EXPECT_EQ(positions(tx.lifecycle().results(7, std::nullopt, -1, 4)), (Positions{0, 1, 2, 3}));
        EXPECT_EQ(positions(tx.lifecycle().results(7, std::nullopt, 3, 4)), (Positions{4, 5}));
        EXPECT_EQ(positions(tx.lifecycle().results(7, true, -1, 2)), (Positions{0, 2}));
        EXPECT_EQ(positions(tx.lifecycle().results(7, true, 2, 2)), (Positions{4}));
        EXPECT_EQ(positions(tx.lifecycle().results(7, false, 1, 9)), (Positions{3, 5}));

        const auto first = tx.lifecycle().result(7, digest("i0")).value();
        EXPECT_EQ(first.tags, (std::vector{tag("a0"), tag("b0")}));
        EXPECT_EQ(first.action, LifecycleAction::archive);
        EXPECT_EQ(first.rule_priority, 1);
        EXPECT_EQ(first.pushed_at, at(0));
        EXPECT_TRUE(tx.lifecycle().result(7, digest("i1")).value().archived);
        EXPECT_TRUE(tx.lifecycle().result(7, digest("i1")).value().tags.empty());
        EXPECT_FALSE(tx.lifecycle().result(7, digest("i9")));
    });
}

// More than are kept in one row, in more than one call.
TEST_F(LifecycleContract, ManyResultsArePagedAndFound) {
    change([](Transaction& tx) {
        constexpr int count = 777;
        const auto all = results(count);
        tx.lifecycle().insert_results(7, std::span(all).first(300));
        tx.lifecycle().insert_results(7, std::span(all).subspan(300));
        std::vector<PreviewPlace> places;
        for (const auto& one : all) {
            places.push_back({.digest = one.digest.text(), .tagged = !one.tags.empty(), .position = one.position});
        }
        std::ranges::sort(places, {}, &PreviewPlace::digest);
        tx.lifecycle().insert_places(7, std::span(places).first(123));
        tx.lifecycle().insert_places(7, std::span(places).subspan(123));

        for (const std::size_t limit : {1U, 99U, 100U, 101U, 1000U}) {
            Positions seen;
            for (;;) {
                const auto page =
                    positions(tx.lifecycle().results(7, std::nullopt, seen.empty() ? -1 : seen.back(), limit));
                ASSERT_LE(page.size(), limit);
                seen.insert(seen.end(), page.begin(), page.end());
                if (page.size() < limit) break;
            }
            ASSERT_EQ(seen.size(), static_cast<std::size_t>(count)) << limit;
            EXPECT_TRUE(std::ranges::is_sorted(seen));
        }
        EXPECT_EQ(positions(tx.lifecycle().results(7, true, 398, 3)), (Positions{400, 402, 404}));
        for (const auto& one : all) {
            const auto found = tx.lifecycle().result(7, one.digest);
            ASSERT_TRUE(found) << one.position;
            EXPECT_EQ(found->position, one.position);
            EXPECT_EQ(found->tags, one.tags);
        }
        EXPECT_FALSE(tx.lifecycle().result(7, digest("nobody")));
        EXPECT_FALSE(tx.lifecycle().result(8, all[0].digest));
    });
}

TEST_F(LifecycleContract, AnOverPreviewLosesItsResultsAndStays) {
    change([](Transaction& tx) {
        tx.lifecycle().insert_preview(preview(7), at(1));
        insert(tx, 7, 500);
        EXPECT_EQ(tx.lifecycle().sweep_previews(at(1000), 10), 0U) << "it still runs";
        auto complete = preview(7);
        complete.status = PreviewStatus::complete;
        complete.expires_at = at(100);
        complete.expiring = 4;
        complete.archiving = 1;
        tx.lifecycle().update_preview(complete);
        const auto found = tx.lifecycle().preview(app).value();
        EXPECT_EQ(found.status, PreviewStatus::complete);
        EXPECT_EQ(found.policy_text, "policy 7");
        EXPECT_EQ(found.expires_at, at(100));
        EXPECT_EQ(found.expiring, 4U);
        EXPECT_EQ(found.archiving, 1U);

        EXPECT_EQ(tx.lifecycle().sweep_previews(at(99), 10), 0U);
        EXPECT_EQ(tx.lifecycle().sweep_previews(at(100), 3), 3U);
        EXPECT_EQ(tx.lifecycle().preview(app).value().status, PreviewStatus::complete);
        while (tx.lifecycle().sweep_previews(at(100), 3) > 0) {
        }
        EXPECT_EQ(tx.lifecycle().preview(app).value().status, PreviewStatus::expired);
        EXPECT_TRUE(tx.lifecycle().results(7, std::nullopt, -1, 9).empty());
        EXPECT_FALSE(tx.lifecycle().result(7, digest("i1")));
        EXPECT_EQ(tx.lifecycle().erase_results(7, 9), 0U) << "nothing is left of it";
    });
}

TEST_F(LifecycleContract, AReplacedPreviewGoesAltogether) {
    change([](Transaction& tx) {
        tx.lifecycle().insert_preview(preview(7), at(1));
        tx.lifecycle().insert_results(7, results(5));
        tx.lifecycle().insert_preview(preview(8), at(2));
        tx.lifecycle().insert_results(8, results(1));
        EXPECT_EQ(tx.lifecycle().preview(app).value().id, 8);
        EXPECT_FALSE(tx.lifecycle().preview(std::int64_t{7}));
        tx.lifecycle().update_preview(preview(7));  // comes too late
        while (tx.lifecycle().sweep_previews(at(3), 2) > 0) {
        }
        EXPECT_TRUE(tx.lifecycle().results(7, std::nullopt, -1, 9).empty());
        EXPECT_EQ(tx.lifecycle().results(8, std::nullopt, -1, 9).size(), 1U);
        EXPECT_EQ(tx.lifecycle().preview(std::int64_t{8}).value().status, PreviewStatus::in_progress);
    });
}

TEST_F(LifecycleContract, TheyGoWithTheirRepository) {
    change([](Transaction& tx) {
        tx.lifecycle().put_policy(policy("p", 1));
        tx.lifecycle().insert_preview(preview(7), at(1));
        tx.lifecycle().insert_results(7, results(3));
        EXPECT_TRUE(tx.repositories().find(app));
        tx.repositories().mark_deleted(app, at(9));
        EXPECT_FALSE(tx.repositories().find(app));
        while (tx.repositories().purge(2) > 0) {
        }
        EXPECT_FALSE(tx.lifecycle().policy(app));
        EXPECT_FALSE(tx.lifecycle().preview(std::int64_t{7}));
        while (tx.lifecycle().sweep_previews(at(9), 2) > 0) {
        }
        EXPECT_FALSE(tx.lifecycle().preview(app));
        EXPECT_TRUE(tx.lifecycle().results(7, std::nullopt, -1, 9).empty());
    });
}

class ArchiveContract : public LifecycleContract {
protected:
    // Image 1 with tags and a layer of its own, image 2 with the shared layer alone.
    ArchiveContract() {
        change([](Transaction& tx) {
            auto one = image(1, 1, "m1");
            one.image.subject = digest("subject");
            one.blobs = {{.media_type = "", .digest = digest("own"), .size = 1},
                         {.media_type = "", .digest = digest("shared"), .size = 1}};
            one.children = {digest("child")};
            auto two = image(2, 1, "m2");
            two.blobs = {{.media_type = "", .digest = digest("shared"), .size = 1}};
            tx.images().insert(one);
            tx.images().insert(two);
            for (const auto* text : {"b", "a"}) tx.images().put_tag(app, tag(text), model::ImageRowId{1}, at(1));
            tx.images().put_tag(app, tag("c"), model::ImageRowId{2}, at(1));
        });
    }
    void set(model::ImageStatus status, std::int64_t when) {
        change([&](Transaction& tx) { tx.images().set_status(model::ImageRowId{1}, status, at(when)); });
    }
};

TEST_F(ArchiveContract, StatusNotesItsTimes) {
    set(model::ImageStatus::archived, 10);
    set(model::ImageStatus::activating, 20);
    auto found = look([](Transaction& tx) { return tx.images().find(model::ImageRowId{1}); }).value();
    EXPECT_EQ(found.status, model::ImageStatus::activating);
    EXPECT_EQ(found.last_archived_at, at(10));
    EXPECT_FALSE(found.last_activated_at);
    set(model::ImageStatus::active, 30);
    found = look([](Transaction& tx) { return tx.images().find(app, digest("m1")); }).value();
    EXPECT_EQ(found.status, model::ImageStatus::active);
    EXPECT_EQ(found.last_archived_at, at(10));
    EXPECT_EQ(found.last_activated_at, at(30));
}

TEST_F(ArchiveContract, ListsForPullingLeaveItOut) {
    const auto tags = [&] { return look([](Transaction& tx) { return tx.images().tag_page(app, "", 9); }); };
    const auto referrers = [&] {
        return look([](Transaction& tx) { return tx.images().referrers(app, digest("subject"), "", "", 9).size(); });
    };
    EXPECT_EQ(tags(), (std::vector<std::string>{"a", "b", "c"}));
    EXPECT_EQ(referrers(), 1U);
    set(model::ImageStatus::archived, 10);
    EXPECT_EQ(tags(), (std::vector<std::string>{"c"}));
    EXPECT_EQ(referrers(), 0U);
    change([](Transaction& tx) {
        const auto followers = tx.images().followers(app, digest("subject"), "", 9);
        ASSERT_EQ(followers.size(), 1U) << "in the archive it still refers to its subject";
        EXPECT_EQ(followers[0].digest, digest("m1"));
        EXPECT_TRUE(tx.images().followers(app, digest("subject"), digest("m1").text(), 9).empty());
        EXPECT_TRUE(tx.images().followers(app, digest("m1"), "", 9).empty());
    });
    set(model::ImageStatus::activating, 20);
    EXPECT_EQ(tags(), (std::vector<std::string>{"c"}));
    set(model::ImageStatus::active, 30);
    EXPECT_EQ(tags().size(), 3U);
}

TEST_F(ArchiveContract, ABlobIsArchivedWhenNoActiveImageNamesIt) {
    const auto archived = [&](std::string_view content) {
        return look([&](Transaction& tx) { return tx.blobs().archived(app, digest(content)); });
    };
    EXPECT_EQ(look([](Transaction& tx) { return tx.images().blobs(model::ImageRowId{1}).size(); }), 2U);
    EXPECT_FALSE(archived("own"));
    set(model::ImageStatus::archived, 10);
    EXPECT_TRUE(archived("own"));
    EXPECT_FALSE(archived("shared"));
    EXPECT_FALSE(archived("nobody's"));
    change([](Transaction& tx) { tx.images().erase(model::ImageRowId{2}, at(9)); });
    EXPECT_TRUE(archived("shared"));
    set(model::ImageStatus::activating, 20);
    EXPECT_TRUE(archived("own"));
}

TEST_F(ArchiveContract, ASurveySeesEverything) {
    set(model::ImageStatus::archived, 10);
    change([](Transaction& tx) {
        tx.images().insert(image(3, 1, "m3"));
        tx.images().set_last_pulled(model::ImageRowId{3}, at(77));
        (void)tx.repositories().insert(repository(2, "other"));
        tx.images().insert(image(4, 2, "m4"));
        tx.images().put_tag(model::RepositoryId{2}, tag("z"), model::ImageRowId{4}, at(1));
    });
    struct Seen {
        std::vector<std::string> tags;
        std::string subject;
        model::ImageStatus status{};
        std::optional<Timestamp> pulled, archived;
    };
    std::map<std::int64_t, Seen> seen;
    std::vector<std::string> digests;
    std::vector<std::pair<model::ImageRowId, std::string>> children;
    change([&](Transaction& tx) {
        tx.images().survey(app, [&](const SurveyedImage& one) {
            digests.emplace_back(one.digest);
            seen[static_cast<std::int64_t>(one.id)] = {.tags = {one.tags.begin(), one.tags.end()},
                                                       .subject = std::string(one.subject),
                                                       .status = one.status,
                                                       .pulled = one.last_pulled_at,
                                                       .archived = one.last_archived_at};
        });
        tx.images().survey_children(
            app, [&](model::ImageRowId parent, std::string_view child) { children.emplace_back(parent, child); });
    });
    EXPECT_TRUE(std::ranges::is_sorted(digests));
    ASSERT_EQ(seen.size(), 3U);
    EXPECT_EQ(seen[1].tags, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(seen[1].subject, digest("subject").text());
    EXPECT_EQ(seen[1].status, model::ImageStatus::archived);
    EXPECT_EQ(seen[1].archived, at(10));
    EXPECT_EQ(seen[2].tags, (std::vector<std::string>{"c"}));
    EXPECT_EQ(seen[2].subject, "");
    EXPECT_TRUE(seen[3].tags.empty());
    EXPECT_EQ(seen[3].pulled, at(77));
    EXPECT_EQ(children,
              (std::vector<std::pair<model::ImageRowId, std::string>>{{model::ImageRowId{1}, digest("child").text()}}));
}

}  // namespace
}  // namespace berth::store::contract
