#include "lifecycle/settle.hpp"

#include <algorithm>
#include <functional>
#include <limits>
#include <optional>
#include <queue>
#include <tuple>
#include <utility>

namespace berth::lifecycle {

namespace {

using model::ImageStatus;

// Goes through the links from the top down: an image is settled when everything it depends on is. Links that run in a
// circle, which content addresses cannot make, are never settled, and what is on them stays.
class Settling {
public:
    Settling(const Policy& policy, const Images& images, const Dependencies& links,
             const std::vector<Standing>& standings, std::vector<Decision>& decisions)
        : policy_(policy), images_(images), links_(links), standings_(standings), decisions_(decisions) {
        index_.assign(images.size(), none);
        for (std::uint32_t i = 0; i < decisions.size(); ++i) index_[decisions[i].image] = i;
    }

    void run() {
        std::vector<std::uint32_t> waits_for(images_.size(), 0);
        for (const auto& link : links_.all()) {
            ++waits_for[link.dependent];
            if (auto* own = decision(link.dependent)) hold(*own);
        }
        std::vector<std::uint32_t> ready;
        for (const auto& link : links_.all()) {
            if (waits_for[link.holder] == 0) ready.push_back(link.holder);
        }
        std::ranges::sort(ready);
        const auto doubled = std::ranges::unique(ready);
        ready.erase(doubled.begin(), doubled.end());
        while (!ready.empty()) {
            const auto image = ready.back();
            ready.pop_back();
            for (const auto& link : links_.on(image)) {
                if (--waits_for[link.dependent] > 0) continue;
                settle_one(link.dependent);
                ready.push_back(link.dependent);
            }
        }
    }

private:
    static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

    [[nodiscard]] Decision* decision(std::uint32_t image) {
        return index_[image] == none ? nullptr : &decisions_[index_[image]];
    }
    // What really happens to an image that is settled.
    [[nodiscard]] const Decision* fate(std::uint32_t image) {
        const auto* found = decision(image);
        return found != nullptr && found->hold == Hold::none ? found : nullptr;
    }

    // An index must be gone before its children, or in the archive before they follow it there; subjects likewise.
    [[nodiscard]] bool frees(std::uint32_t holder, Effect effect) {
        const auto* going = fate(holder);
        if (effect == Effect::expire) return going != nullptr && going->effect == Effect::expire;
        return going != nullptr || images_.records()[holder].status == ImageStatus::archived;
    }
    [[nodiscard]] const Dependency* holding(std::uint32_t image, Effect effect) {
        for (const auto& link : links_.of(image)) {
            if (!frees(link.holder, effect)) return &link;
        }
        return nullptr;
    }

    void hold(Decision& decision) {
        const auto* by = holding(decision.image, decision.effect);
        if (by == nullptr) by = &links_.of(decision.image).front();  // not yet settled, or on a circle
        decision.hold = by->kind == LinkKind::index ? Hold::index : Hold::subject;
        decision.related = by->holder;
    }

    // What could happen to the image: by its own rule, along with its indexes, after its subject. The strongest first.
    [[nodiscard]] std::optional<Decision> along_with_index(std::uint32_t image) {
        if (images_.tagged(image)) return std::nullopt;
        std::optional<Decision> best;
        for (const auto& link : links_.of(image)) {
            const auto* index = link.kind == LinkKind::index ? fate(link.holder) : nullptr;
            if (index == nullptr || index->effect != Effect::expire) continue;
            if (policy_.rules[index->rule].children != Children::expire_unneeded) continue;
            const auto stronger = standings_[image].rule;
            if (stronger < index->rule || (best && best->rule <= index->rule)) continue;
            best = follow(image, *index, Cause::with_index);
        }
        return best;
    }
    [[nodiscard]] std::optional<Decision> after_subject(std::uint32_t image) {
        for (const auto& link : links_.of(image)) {
            const auto* subject = link.kind == LinkKind::subject ? fate(link.holder) : nullptr;
            if (subject == nullptr) continue;
            const auto& standing = standings_[image];
            if (standing.retained && standing.rule < subject->rule) continue;
            const bool archives = subject->effect == Effect::archive;
            if (archives && images_.records()[image].status != ImageStatus::active) continue;
            return follow(image, *subject, Cause::with_subject);
        }
        return std::nullopt;
    }
    [[nodiscard]] static Decision follow(std::uint32_t image, const Decision& leader, Cause cause) {
        return {.image = image,
                .related = leader.image,
                .rule_priority = leader.rule_priority,
                .rule = leader.rule,
                .effect = leader.effect,
                .cause = cause,
                .hold = Hold::none,
                .measured = 0};
    }

    void settle_one(std::uint32_t image) {
        auto* own = decision(image);
        std::array<std::optional<Decision>, 3> ways;
        if (own != nullptr) ways[0] = *own;
        if (images_.records()[image].status != ImageStatus::activating) {
            ways[1] = along_with_index(image);
            ways[2] = after_subject(image);
        }
        for (const auto effect : {Effect::expire, Effect::archive}) {
            if (holding(image, effect) != nullptr) continue;
            for (auto& way : ways) {
                if (!way || way->effect != effect) continue;
                way->hold = Hold::none;
                if (way->cause == Cause::rule) way->related = image;
                return put(*way);
            }
        }
        if (own != nullptr) hold(*own);
    }

    void put(const Decision& decision) {
        if (auto* own = this->decision(decision.image)) {
            *own = decision;
            return;
        }
        index_[decision.image] = static_cast<std::uint32_t>(decisions_.size());
        decisions_.push_back(decision);
    }

    const Policy& policy_;
    const Images& images_;
    const Dependencies& links_;
    const std::vector<Standing>& standings_;
    std::vector<Decision>& decisions_;
    std::vector<std::uint32_t> index_;  // image -> its decision, or none
};

// Oldest first among those whose holders are through.
std::vector<Decision> in_order(const Images& images, const Dependencies& links, std::vector<Decision> decisions) {
    const auto age = [&](const Decision& decision) {
        return std::tuple(decision.hold != Hold::none, images.records()[decision.image].pushed, decision.image);
    };
    std::ranges::sort(decisions, {}, age);
    if (links.empty()) return decisions;

    std::vector<bool> due(images.size());
    for (const auto& decision : decisions) due[decision.image] = decision.hold == Hold::none;
    std::vector<std::uint32_t> waits_for(images.size(), 0);
    for (const auto& link : links.all()) {
        if (due[link.holder] && due[link.dependent]) ++waits_for[link.dependent];
    }
    std::vector<std::uint32_t> place(images.size());  // image -> where its decision is, which is its age's rank
    std::priority_queue<std::uint32_t, std::vector<std::uint32_t>, std::greater<>> ready;
    for (std::uint32_t i = 0; i < decisions.size(); ++i) {
        place[decisions[i].image] = i;
        if (due[decisions[i].image] && waits_for[decisions[i].image] == 0) ready.push(i);
    }
    std::vector<Decision> ordered;
    ordered.reserve(decisions.size());
    while (!ready.empty()) {
        ordered.push_back(decisions[ready.top()]);
        ready.pop();
        const auto done = ordered.back().image;
        for (const auto& link : links.on(done)) {
            if (due[link.dependent] && --waits_for[link.dependent] == 0) ready.push(place[link.dependent]);
        }
    }
    std::ranges::copy_if(decisions, std::back_inserter(ordered),
                         [](const Decision& decision) { return decision.hold != Hold::none; });
    return ordered;
}

}  // namespace

std::vector<Decision> settle(const Policy& policy, const Images& images, const Dependencies& links,
                             const std::vector<Standing>& standings, std::vector<Decision> marked) {
    if (!links.empty()) Settling(policy, images, links, standings, marked).run();
    return in_order(images, links, std::move(marked));
}

}  // namespace berth::lifecycle
