// Twenty rules over repositories of ten thousand to ten million images: branches, releases, pull requests, untagged
// builds, and an index with two children in every ten images.
#include "lifecycle/evaluate.hpp"

#include <benchmark/benchmark.h>

#include <array>
#include <cstdio>
#include <random>
#include <string>

namespace {

using namespace berth;
using namespace berth::lifecycle;

const Timestamp now{std::chrono::hours(24 * 20'000)};
constexpr std::array<std::string_view, 16> branches{"main",    "dev",    "release", "hotfix", "feature", "pr",
                                                    "nightly", "canary", "test",    "stage",  "prod",    "demo",
                                                    "alpha",   "beta",   "rc",      "v"};

Rule rule(std::int32_t priority, TagStatus status, CountType count, std::int32_t number) {
    Rule rule;
    rule.priority = priority;
    rule.selection.tag_status = status;
    rule.selection.count_type = count;
    rule.selection.count_number = number;
    return rule;
}

// A rule a branch, by turns prefixes and patterns, counts and ages; then untagged, archive and any.
Policy policy() {
    Policy policy;
    std::int32_t priority = 0;
    for (const auto branch : branches) {
        const bool odd = ++priority % 2 != 0;
        auto& added = policy.rules.emplace_back(
            rule(priority, TagStatus::tagged,
                 priority % 3 == 0 ? CountType::since_image_pushed : CountType::image_count_more_than,
                 priority % 3 == 0 ? 30 : 5000));
        if (odd) {
            added.selection.tag_prefixes = {std::string(branch) + "-"};
        } else {
            added.selection.tag_patterns = {"*" + std::string(branch) + "-*"};
        }
    }
    policy.rules.push_back(rule(17, TagStatus::untagged, CountType::since_image_pushed, 14));
    policy.rules.push_back(rule(18, TagStatus::tagged, CountType::since_image_pulled, 90));
    policy.rules.back().selection.tag_patterns = {"*-arm64", "*.*"};
    policy.rules.back().action = ActionType::transition;
    policy.rules.push_back(rule(19, TagStatus::untagged, CountType::since_image_transitioned, 90));
    policy.rules.back().selection.storage_class = StorageClass::archive;
    policy.rules.push_back(rule(20, TagStatus::any, CountType::image_count_more_than, 1000));
    return policy;
}

std::string digest(std::mt19937_64& random) {
    std::array<char, 72> text;
    std::snprintf(text.data(), text.size(), "sha256:%016lx%016lx%016lx%016lx", random(), random(), random(), random());
    return text.data();
}

enum class Order : std::uint8_t { as_pushed, shuffled };

Images images(std::int64_t count, Order order) {
    std::mt19937_64 random(1);
    Images images;
    images.reserve(static_cast<std::size_t>(count));
    std::array<std::string, 2> children;
    for (std::int64_t i = 0; i < count; ++i) {
        Image image;
        const auto own = i % 10 == 1 || i % 10 == 2 ? children[static_cast<std::size_t>(i % 10 - 1)] : digest(random);
        image.digest = own;
        const auto age = order == Order::as_pushed ? count - i : static_cast<std::int64_t>(random() % 100'000'000);
        image.pushed_at = now - std::chrono::seconds(age * (200 * 86'400 / count + 1) % (200 * 86'400));
        if (random() % 2 == 0) image.last_pulled_at = now - std::chrono::seconds(random() % (150 * 86'400));
        const auto tag = std::string(branches[random() % 16]) + "-1." + std::to_string(random() % 1'000'000);
        if (i % 10 == 0) {
            for (auto& child : children) child = digest(random);
            image.children = {children[0], children[1]};
        }
        const auto second = tag + "-amd64";
        if (i % 10 != 1 && i % 10 != 2 && i % 10 != 3) image.tags = {tag, second};
        images.add(image);
    }
    return images;
}

void evaluate_images(benchmark::State& state, Order order) {
    const auto rules = policy();
    const auto all = images(state.range(0), order);
    std::size_t decisions = 0;
    for (auto _ : state) {
        const auto result = evaluate(rules, all, now);
        decisions = result.size();
        benchmark::DoNotOptimize(decisions);
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
    state.counters["decisions"] = static_cast<double>(decisions);
    state.SetComplexityN(state.range(0));
}

}  // namespace

BENCHMARK_CAPTURE(evaluate_images, as_pushed, Order::as_pushed)
    ->RangeMultiplier(10)
    ->Range(10'000, 10'000'000)
    ->Unit(benchmark::kMillisecond)
    ->Complexity(benchmark::oNLogN);
BENCHMARK_CAPTURE(evaluate_images, shuffled, Order::shuffled)
    ->RangeMultiplier(10)
    ->Range(10'000, 10'000'000)
    ->Unit(benchmark::kMillisecond)
    ->Complexity(benchmark::oNLogN);
