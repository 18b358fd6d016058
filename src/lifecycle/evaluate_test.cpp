#include "lifecycle/evaluate.hpp"

#include "lifecycle/notation.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>

namespace berth::lifecycle {
namespace {

struct Example {
    const char* topic;
    const char* images;
    const char* rules;
    const char* result;
};

std::ostream& operator<<(std::ostream& out, const Example& example) {
    return out << example.topic << ": " << example.images << " | " << example.rules;
}

class Evaluate : public ::testing::TestWithParam<Example> {};

TEST_P(Evaluate, GivesTheExpectedDecisions) {
    const auto images = notation::images(GetParam().images);
    const auto policy = notation::policy(GetParam().rules);
    const auto parsed = parse(to_text(policy), {.extensions = true});
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(*parsed, policy);
    const auto decisions = evaluate(*parsed, notation::pack(images), notation::now);
    EXPECT_EQ(notation::result(images, decisions), GetParam().result);
}

// What ECR does, as its user guide tells it and as its samples show.
constexpr Example ecr[] = {
    {"untagged age: exactly N days is kept", "A[]20 · B[]14 · C[v1]30", "1: untagged pushed>14d", "A->1"},
    {"untagged count", "A[]9 · B[]5 · C[]1 · D[x]99", "1: untagged count>1", "A->1, B->1"},
    {"any count", "A[a]4 · B[b]3 · C[]2 · D[a2]1", "1: any count>1", "A->1, B->1, C->1"},
    {"any count, enough", "A[a]4 · B[b]3", "1: any count>2", "none"},
    {"prefix is a start match", "A[prod]10 · B[production-1]9 · C[my-prod]8", "1: pre=prod pushed>1d", "A->1, B->1"},
    {"prefix AND", "A[alpha-1]12 · B[beta-1]11 · C[alpha-2 beta-2]10 · D[alpha-4 beta-4]2",
     "1: pre=alpha+beta pushed>5d", "C->1"},
    {"pattern AND by one tag", "A[web-prod]10 · B[web-dev prod]10 · C[web]10", "1: pat=web*+*prod pushed>1d",
     "A->1, B->1"},
    {"pattern AND matches nothing", "A[x.temp]10 · B[x.temp-amd64]10", "1: pat=*.temp+*.temp-* pushed>1d", "none"},
    {"pattern is whole-tag", "A[prod]10 · B[prod1]9 · C[xprod]8", "1: pat=prod pushed>1d", "A->1"},
    {"pattern contains", "A[repo-production]10 · B[prod-team]9 · C[dev]8", "1: pat=*prod* pushed>1d", "A->1, B->1"},
    {"pattern * = all tagged", "A[a]10 · B[]9 · C[c]8", "1: pat=* count>1", "A->1"},
    {"case matters", "A[Prod-1]10 · B[prod-1]9", "1: pre=prod pushed>1d", "B->1"},
    {"shielding", "A[beta-1 prod-1]10 · B[beta-2 prod-2]9 · C[beta-3]8", "1: pre=prod count>1 / 2: pre=beta count>1",
     "A->1"},
    {"shielding reversed", "A[beta-1 prod-1]10 · B[beta-2 prod-2]9 · C[beta-3]8",
     "1: pre=beta count>1 / 2: pre=prod count>1", "A->1, B->1"},
    {"rule order in JSON is irrelevant", "A[beta-1 prod-1]10 · B[beta-2 prod-2]9 · C[beta-3]8",
     "20: pre=beta count>1 / 5: pre=prod count>1", "A->5"},
    {"shielded images still count", "A[keep-1]1 · B[keep-2]2 · C[tmp-1]3 · D[tmp-2]4",
     "1: pre=keep count>9999 / 2: any count>3", "D->2"},
    {"shielded images fill the quota", "A[keep-1]1 · B[keep-2]2 · C[keep-3]3 · D[tmp]4",
     "1: pre=keep count>9999 / 2: any count>3", "D->2"},
    {"already marked images still count", "A[old-1]2 · B[old-2]3 · C[x]4", "1: pre=old pushed>1d / 2: any count>2",
     "C->2, B->1, A->1"},
    {"three kinds", "A[alpha-1 beta-1]4 · B[]3 · C[alpha-2]2 · D[git]1 · E[]1",
     "1: pre=alpha count>1 / 2: untagged pushed>1d / 3: any count>1", "A->1, B->2, D->3"},
    {"first of two matching rules acts", "A[rc-1 v1]50 · B[rc-2]40", "1: pre=rc pushed>30d / 2: pre=v pushed>10d",
     "A->1, B->1"},
    {"shielded by a rule that never fires", "A[v1 tmp-1]100 · B[tmp-2]100", "1: pre=v count>500 / 2: pre=tmp pushed>7d",
     "B->2"},
    {"untagged rule does not see tagged", "A[v1]100 · B[]100", "1: untagged pushed>7d / 2: pre=v pushed>365d", "B->1"},
    {"any after untagged", "A[]3 · B[]2 · C[c]1 · D[d]10", "1: untagged count>1 / 2: any pushed>5d", "D->2, A->1"},
    {"multi-tag image, one prefix enough", "A[v1 stable]40 · B[v2]35 · C[v3]1", "1: pre=v count>1", "A->1, B->1"},
    {"pull age with fallback to push", "A[a]200 pull10 · B[b]200 pull120 · C[c]95 · D[d]30",
     "1: any pulled>90d -> archive", "B=>1, C=>1"},
    {"restored image, not pulled since", "A[a]400 pull300 act20 · B[b]400 pull300", "1: any pulled>90d -> archive",
     "B=>1"},
    {"restored image and push-age rule", "A[a]400 act5 · B[b]30 · C[c]50", "1: any pushed>40d", "C->1"},
    {"archived images are outside standard rules", "A[a]400 ARCHIVED10 · B[b]300 · C[c]200", "1: any count>2", "none"},
    {"archive then expire", "A[a]500 ARCHIVED400 · B[b]500 ARCHIVED365 · C[c]45 · D[d]10",
     "1: any pushed>30d -> archive / 2: any archived>365d", "A->2, C=>1"},
    {"archive class does not shield", "A[v1]100 · B[v2]100 ARCHIVED95", "1: pre=v count>10 / 2: pre=v archived>90d",
     "B->2"},
    {"activating image", "A[a]400 ACTIVATING · B[b]300", "1: any pushed>30d", "B->1"},
    {"equal push times", "A[a]5 · B[b]5 · C[c]5", "1: any count>2", "A->1"},
    {"empty repository", "", "1: any count>1", "none"},
};
INSTANTIATE_TEST_SUITE_P(Ecr, Evaluate, ::testing::ValuesIn(ecr));

// Indexes, their children, and referrers.
constexpr Example graph[] = {
    {"children of an index that stays are marked, and stay", "X[v1]20 >C1 >C2 · C1[]20 · C2[]20",
     "1: untagged pushed>7d", "(C1->1), (C2->1)"},
    {"children do not go with their index", "X[v1]20 >C1 >C2 · C1[]20 · C2[]20", "1: pre=v pushed>7d", "X->1"},
    {"without a parent they are plain untagged images", "C1[]20 · C2[]20", "1: pre=v pushed>7d / 2: untagged pushed>7d",
     "C1->2, C2->2"},
    {"index first, then its children", "C1[]21 · X[v1]20 >C1 >C2 · C2[]20", "1: any pushed>7d", "X->1, C1->1, C2->1"},
    {"a tagged child is held too", "X[v1]3 >C1 · C1[v1-amd64]20", "1: pat=v1-* pushed>7d", "(C1->1)"},
    {"a referrer follows its subject", "A[v1]40 · S[]39 ^A", "1: pre=v pushed>30d", "A->1, S~>1"},
    {"a referrer is not expired on its own: it counts", "A[v1]5 · S[]5 ^A", "1: any count>1", "A->1, S~>1"},
    {"a referrer is not expired on its own: it stays", "S[]5 ^A · A[v1]5", "1: any count>1", "(S->1)"},
    {"a referrer follows into the archive", "A[v1]100 · S[]100 ^A", "1: pre=v pushed>30d -> archive", "A=>1, S~>1"},
    {"referrers of referrers follow", "A[v1]40 · B[]39 ^A · S[]38 ^B", "1: pre=v pushed>30d", "A->1, B~>1, S~>1"},
    {"a subject that is not there holds nothing", "S[]39 ^A", "1: any pushed>30d", "S->1"},
    {"one of two indexes stays", "X[x]20 >C · Y[y]1 >C · C[]20", "1: any pushed>7d", "X->1, (C->1)"},
    {"an archived index holds what would expire", "X[x]20 ARCHIVED5 >C · C[]20", "1: any pushed>7d", "(C->1)"},
    {"children follow an archived index by their own rule", "X[x]20 ARCHIVED5 >C · C[]20",
     "1: any pushed>7d -> archive", "C=>1"},
    {"indexes in indexes", "C[]9 · Y[]9 >C · X[x]9 >Y", "1: any pushed>7d", "X->1, Y->1, C->1"},
    {"a circle stays", "A[a]9 >B · B[b]9 >A · C[c]9 >C · D[d]9", "1: any pushed>7d", "D->1, (A->1), (B->1), (C->1)"},
    {"a child named twice", "X[x]9 >C >C · C[]9", "1: any pushed>7d", "X->1, C->1"},
};
INSTANTIATE_TEST_SUITE_P(Graph, Evaluate, ::testing::ValuesIn(graph));

constexpr Example extensions[] = {
    {"expire by last pull", "A[a]200 pull10 · B[b]200 pull120 · C[c]95 · D[d]30", "1: any pulled>90d", "B->1, C->1"},
    {"retain without a count", "A[main-1]50 · B[dev]50", "1: pre=main -> retain / 2: any pushed>7d", "B->2"},
    {"retain the youngest two, whatever their age", "A[a]50 · B[b]40 · C[c]30",
     "1: any count>2 -> retain / 2: any pushed>7d", "A->2"},
    {"retain what was pulled lately", "A[a]50 pull3 · B[b]50 pull30", "1: any pulled>7d -> retain / 2: any pushed>7d",
     "B->2"},
    {"a stronger rule is stronger than retain", "A[a]50 · B[b]5", "1: any notpat=c pushed>7d / 2: any -> retain",
     "A->1"},
    {"tags by regular expression, whole tag", "A[v1.2]9 · B[v1.2-rc1]9 · C[xv1.2]9", R"(1: re=v\d+\.\d+ pushed>7d)",
     "A->1"},
    {"excluded tags", "A[a]9 · B[a keep-1]9 · C[]9 · D[d rel]9", "1: any notpat=keep-* notre=re[lm] pushed>7d",
     "A->1, C->1"},
    {"an excluded image is left to other rules", "A[a keep]9 · B[b]9",
     "1: any notpat=keep pushed>99d / 2: any pushed>7d", "A->2"},
    {"keep one for each group", "A[main-1]9 · B[main-2]8 · C[dev-1]7 · D[dev-2]6 · E[other]99",
     R"(1: group=(\w+)-\d+ count>1)", "A->1, C->1"},
    {"in two groups: kept by either", "A[main-1 dev-1]9 · B[main-2]8 · C[x-1]7", R"(1: group=(\w+)-\d+ count>1)",
     "none"},
    {"two tags of one group take one place", "A[main-1]9 · B[main-2 main-3]8", R"(1: group=(\w+)-\d+ count>2)", "none"},
    {"groups and a list", "A[v1.0]9 · B[v1.1]8 · C[w1.0]9 · D[w1.1]8", R"(1: pre=v group=.(\d+)\..* count>1)", "A->1"},
    {"children go with their index", "C1[]20 · X[v1]20 >C1 >C2 · C2[]1", "1: pre=v pushed>7d -> with-children",
     "X->1, C1~>1, C2~>1"},
    {"but not what another index needs", "X[v1]20 >C · Y[w1]20 >C · C[]20", "1: pre=v pushed>7d -> with-children",
     "X->1"},
    {"nor what has a tag", "X[v1]20 >C · C[amd64]20", "1: pre=v pushed>7d -> with-children", "X->1"},
    {"nor what a stronger rule governs", "X[v1]20 >C · C[]20",
     "1: untagged count>9 / 2: pre=v pushed>7d -> with-children", "X->2"},
    {"a count's own candidates go along", "X[v1]20 >C · C[]20 · D[]1", "1: any count>2 -> with-children", "X->1, C~>1"},
    {"nested indexes", "X[v1]20 >Y · Y[]20 >C · C[]20", "1: pre=v pushed>7d -> with-children", "X->1, Y~>1, C~>1"},
    {"a retained referrer does not follow", "A[v1]40 · S[sig]39 ^A", "1: pre=sig -> retain / 2: pre=v pushed>30d",
     "A->2"},
    {"referrers take no place", "A[v1]5 · B[v2]4 · S[]3 ^A · T[]2 ^B", "1: any ignore=referrers count>2", "none"},
    {"nor do tags of the referrers scheme",
     "A[v1]5 · B[v2]4 · S[sha256-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.sig]3",
     "1: any ignore=referrers count>2", "none"},
    {"children take no place", "C1[]5 · C2[]5 · X[v1]5 >C1 >C2 · Y[v2]4", "1: any ignore=children count>2", "none"},
};
INSTANTIATE_TEST_SUITE_P(Extensions, Evaluate, ::testing::ValuesIn(extensions));

TEST(Explain, SaysRuleAndMeasure) {
    const auto images = notation::images("A[]20 · X[v1]3 >C · C[v1-a]20");
    const auto policy = notation::policy("2: untagged pushed>14d / 3: pat=v1-* count>5");
    auto decisions = evaluate(policy, notation::pack(images), notation::now);
    ASSERT_EQ(decisions.size(), 1);
    EXPECT_EQ(explain(policy, decisions[0]), "rule 2 (untagged, pushed more than 14 days ago): it is 20 days");
    const auto count = notation::policy("1: any count>2");
    decisions = evaluate(count, notation::pack(images), notation::now);
    ASSERT_EQ(decisions.size(), 1);
    EXPECT_EQ(explain(count, decisions[0]), "rule 1 (any, the youngest 2 kept): it is number 3 from the youngest");
}

TEST(Preview, ShowsWhatRulesMarked) {
    const auto images = notation::images("A[v1]40 · S[]39 ^A · X[x]1 >C · C[v2]40 · T[v3]50 ^X");
    const auto decisions = evaluate(notation::policy("1: pre=v pushed>30d"), notation::pack(images), notation::now);
    EXPECT_EQ(notation::result(images, decisions), "A->1, S~>1, (T->1), (C->1)");
    std::vector<Decision> shown;
    std::ranges::copy_if(decisions, std::back_inserter(shown), in_preview);
    EXPECT_EQ(notation::result(images, shown), "A->1, (C->1)");
}

}  // namespace
}  // namespace berth::lifecycle
