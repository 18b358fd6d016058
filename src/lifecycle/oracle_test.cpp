// The evaluator against the oracle on random repositories. BERTH_PROPERTY_CASES sets how many, BERTH_PROPERTY_SEED
// where they begin.
#include "lifecycle/oracle.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <numeric>
#include <random>

namespace berth::lifecycle {
namespace {

using notation::NamedImage;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::uint64_t usual_cases = 10'000;
#else
constexpr std::uint64_t usual_cases = 100'000;
#endif

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
    const auto* text = std::getenv(name);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

// Few words and small numbers, so that tags, ages and limits meet often.
class Generator {
public:
    explicit Generator(std::uint64_t seed) : engine_(seed) {}

    std::vector<NamedImage> images() {
        std::vector<NamedImage> all(below(8));
        for (std::size_t i = 0; i < all.size(); ++i) {
            all[i].name = std::string(1, static_cast<char>('A' + i));
            for (auto tags = below(4); tags > 0 && !one_in(3); --tags) all[i].tags.push_back(tag());
            std::ranges::sort(all[i].tags);
            all[i].pushed_at = ago(12);
            if (one_in(3)) all[i].last_pulled_at = ago(12);
            if (one_in(5)) all[i].last_activated_at = ago(12);
            if (one_in(5)) archive(all[i]);
        }
        if (one_in(2)) link(all);
        return all;
    }

    Policy policy() {
        extended_ = one_in(2);
        Policy policy;
        std::int32_t priority = 0;
        for (auto rules = 1 + below(4); rules > 0; --rules) {
            priority += 1 + static_cast<std::int32_t>(below(3));
            policy.rules.push_back(rule());
            policy.rules.back().priority = priority;
        }
        return policy;
    }

private:
    std::size_t below(std::size_t n) { return engine_() % n; }
    bool one_in(std::size_t n) { return below(n) == 0; }
    const char* pick(std::initializer_list<const char*> from) { return from.begin()[below(from.size())]; }

    std::string tag() {
        if (one_in(12)) return "sha256-" + std::string(64, 'a') + pick({"", ".sig", "x"});
        return std::string(pick({"v", "main-", "dev-", ""})) + pick({"1", "2", "1.0", "1.1", "x"});
    }
    Timestamp ago(std::int64_t most) {
        const auto days = std::chrono::days(static_cast<std::int64_t>(below(static_cast<std::size_t>(most))));
        const auto off = std::chrono::milliseconds(static_cast<std::int64_t>(below(3)) - 1);
        return notation::now - days + off;
    }
    void archive(NamedImage& image) {
        image.status = one_in(4) ? model::ImageStatus::activating : model::ImageStatus::archived;
        if (!one_in(6)) image.last_archived_at = ago(4) - std::chrono::days(88);
    }
    // Along a random order of the images, so that links run in no circle.
    void link(std::vector<NamedImage>& images) {
        std::vector<std::size_t> order(images.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::ranges::shuffle(order, engine_);
        for (std::size_t low = 1; low < order.size(); ++low) {
            for (std::size_t high = 0; high < low; ++high) {
                if (one_in(3)) images[order[high]].children.push_back(images[order[low]].name);
            }
            if (one_in(3)) images[order[low]].subject = one_in(5) ? "absent" : images[order[below(low)]].name;
        }
    }

    Rule rule() {
        Rule rule;
        auto& selection = rule.selection;
        tags(selection);
        const auto kind = below(4);
        selection.count_number = 1 + static_cast<std::int32_t>(below(kind == 0 ? 4 : 11));
        if (kind == 0) selection.count_type = CountType::image_count_more_than;
        if (kind == 1) selection.count_type = CountType::since_image_pushed;
        if (kind == 2) selection.count_type = CountType::since_image_pulled;
        if (kind == 3) {
            selection.count_type = CountType::since_image_transitioned;
            selection.count_number = 90 + static_cast<std::int32_t>(below(2));
            selection.storage_class = StorageClass::archive;
        }
        if (kind != 3 && one_in(3)) rule.action = ActionType::transition;
        if (kind == 2 && !extended_) rule.action = ActionType::transition;
        if (extended_) extend(rule);
        return rule;
    }
    void tags(Selection& selection) {
        const auto kind = below(4);
        if (kind == 0) selection.tag_status = TagStatus::any;
        if (kind == 1) selection.tag_status = TagStatus::untagged;
        if (kind < 2) return;
        selection.tag_status = TagStatus::tagged;
        auto& list = kind == 2 ? selection.tag_prefixes : selection.tag_patterns;
        for (auto entries = 1 + below(2); entries > 0; --entries) {
            list.emplace_back(kind == 2 ? pick({"v", "main", "dev-1", "1"})
                                        : pick({"v*", "*1*", "*-*", "x", "*", "*.*"}));
        }
    }
    void extend(Rule& rule) {
        auto& selection = rule.selection;
        if (one_in(4)) rule.action = ActionType::retain;
        if (rule.action == ActionType::retain && one_in(3)) {
            selection.count_type.reset();
            selection.count_number = 0;
        }
        if (rule.action == ActionType::expire && one_in(2)) rule.children = Children::expire_unneeded;
        selection.ignore_referrers = one_in(5);
        selection.ignore_children = one_in(5);
        if (selection.tag_status == TagStatus::untagged) return;
        if (one_in(5)) selection.exclude_tag_patterns = {pick({"dev*", "*1", "x"})};
        if (one_in(8)) selection.exclude_tag_regexes = {pick({"v[0-9]", ".*-2"})};
        if (selection.tag_status != TagStatus::tagged) return;
        if (one_in(4)) {
            selection.tag_prefixes.clear();
            selection.tag_patterns.clear();
            selection.tag_regexes = {pick({"v[0-9.]+", "(main|dev)-.*", "[a-z]*1"})};
        }
        if (one_in(3) && selection.count_type == CountType::image_count_more_than) {
            selection.group_by_tag_regex = pick({"(.*)-.*", "v?([0-9]).*", "(?:main-)?(x|1).*"});
        }
    }

    std::mt19937_64 engine_;
    bool extended_ = false;
};

std::vector<Decision> expected(const Policy& policy, const std::vector<NamedImage>& images) {
    std::vector<Decision> decisions;
    for (const auto& [image, fate] : oracle::Oracle(policy, images, notation::now).run()) {
        decisions.push_back({.image = static_cast<std::uint32_t>(image),
                             .related = static_cast<std::uint32_t>(fate.related),
                             .rule_priority = policy.rules[fate.rule].priority,
                             .rule = static_cast<std::uint8_t>(fate.rule),
                             .effect = fate.archive ? Effect::archive : Effect::expire,
                             .cause = fate.cause,
                             .hold = fate.hold,
                             .measured = fate.measured});
    }
    return decisions;
}

std::string described(const std::vector<NamedImage>& images) {
    const auto days = [](Timestamp time) {
        return std::to_string(static_cast<double>((notation::now - time).count()) / 86'400'000.0);
    };
    std::string text;
    for (const auto& image : images) {
        text += image.name + "[";
        for (const auto& tag : image.tags) text += tag + " ";
        text += "]" + days(image.pushed_at);
        if (image.last_pulled_at) text += " pull" + days(*image.last_pulled_at);
        if (image.last_activated_at) text += " act" + days(*image.last_activated_at);
        if (image.last_archived_at) text += " archived" + days(*image.last_archived_at);
        text += " status" + std::to_string(static_cast<int>(image.status));
        for (const auto& child : image.children) text += " >" + child;
        if (!image.subject.empty()) text += " ^" + image.subject;
        text += "\n";
    }
    return text;
}

TEST(Evaluate, AgreesWithTheOracle) {
    const auto cases = from_environment("BERTH_PROPERTY_CASES", usual_cases);
    const auto seed = from_environment("BERTH_PROPERTY_SEED", 1);
    std::map<std::tuple<Effect, Cause, Hold>, std::uint64_t> seen;
    for (std::uint64_t i = 0; i < cases; ++i) {
        Generator generator(seed + i);
        const auto policy = generator.policy();
        const auto images = generator.images();
        const auto decisions = evaluate(policy, notation::pack(images), notation::now);
        const auto wanted = expected(policy, images);
        ASSERT_EQ(decisions, wanted) << "BERTH_PROPERTY_SEED=" << seed + i << " BERTH_PROPERTY_CASES=1\n"
                                     << to_text(policy) << "\n"
                                     << described(images) << "evaluator: " << notation::result(images, decisions)
                                     << "\noracle:    " << notation::result(images, wanted);
        for (const auto& decision : decisions) ++seen[{decision.effect, decision.cause, decision.hold}];
    }
    if (cases < 10'000) return;
    // expire and archive: by a rule freely or held by either kind, after a subject; with an index only expire.
    EXPECT_EQ(seen.size(), 2 * 4 + 1);
}

}  // namespace
}  // namespace berth::lifecycle
