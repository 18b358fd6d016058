#include "lifecycle/settle.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <limits>
#include <optional>
#include <queue>
#include <span>
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
            auto* own = decision(link.dependent);
            if (own != nullptr && own->hold == Hold::none) hold(*own, link);
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
    using Links = std::span<const Dependency>;  // on the holders of one image

    [[nodiscard]] const Dependency* holding(Links links, Effect effect) {
        for (const auto& link : links) {
            if (!frees(link.holder, effect)) return &link;
        }
        return nullptr;
    }

    static void hold(Decision& decision, const Dependency& by) {
        decision.hold = by.kind == LinkKind::index ? Hold::index : Hold::subject;
        decision.related = by.holder;
    }

    // What could happen to the image: by its own rule, along with its indexes, after its subject. The strongest first.
    [[nodiscard]] std::optional<Decision> along_with_index(std::uint32_t image, Links links) {
        if (images_.tagged(image)) return std::nullopt;
        std::optional<Decision> best;
        for (const auto& link : links) {
            const auto* index = link.kind == LinkKind::index ? fate(link.holder) : nullptr;
            if (index == nullptr || index->effect != Effect::expire) continue;
            if (policy_.rules[index->rule].children != Children::expire_unneeded) continue;
            const auto stronger = standings_[image].rule;
            if (stronger < index->rule || (best && best->rule <= index->rule)) continue;
            best = follow(image, *index, Cause::with_index);
        }
        return best;
    }
    [[nodiscard]] std::optional<Decision> after_subject(std::uint32_t image, Links links) {
        for (const auto& link : links) {
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
        const auto links = links_.of(image);
        auto* own = decision(image);
        std::array<std::optional<Decision>, 3> ways;
        if (own != nullptr) ways[0] = *own;
        if (images_.records()[image].status != ImageStatus::activating) {
            ways[1] = along_with_index(image, links);
            ways[2] = after_subject(image, links);
        }
        for (const auto effect : {Effect::expire, Effect::archive}) {
            if (holding(links, effect) != nullptr) continue;
            for (auto& way : ways) {
                if (!way || way->effect != effect) continue;
                way->hold = Hold::none;
                if (way->cause == Cause::rule) way->related = image;
                return put(*way);
            }
        }
        if (own != nullptr) hold(*own, *holding(links, own->effect));
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

// Oldest first; what is held comes behind.
void sort_by_age(const Images& images, std::vector<Decision>& decisions) {
    const auto& records = images.records();
    const auto age = [&](const Decision& decision) {
        return std::pair(records[decision.image].pushed, decision.image);
    };
    const auto held = std::stable_partition(decisions.begin(), decisions.end(),
                                            [](const Decision& decision) { return decision.hold == Hold::none; });
    for (const auto part : {std::span(decisions.begin(), held), std::span(held, decisions.end())}) {
        if (!std::ranges::is_sorted(part, {}, age)) std::ranges::sort(part, {}, age);
    }
}

// Puts those that go, which are sorted by age, into the order of execution: each time the oldest whose holders are
// through. One that comes up before its holder is passed over; when the holder is through, it is late and goes next.
class Ordering {
public:
    Ordering(const Images& images, const Dependencies& links, const std::vector<Decision>& decisions)
        : links_(links), decisions_(decisions), place_(images.size(), none), waits_for_(images.size(), 0) {
        for (std::uint32_t i = 0; i < decisions.size(); ++i) {
            if (decisions[i].hold == Hold::none) place_[decisions[i].image] = i;
        }
        holds_.resize(images.size());
        for (const auto& link : links.all()) {
            if (place_[link.holder] == none || place_[link.dependent] == none) continue;
            ++waits_for_[link.dependent];
            holds_[link.holder] = true;
        }
        ordered_.reserve(decisions.size());
    }

    std::vector<Decision> run() {
        for (std::uint32_t i = 0; i < decisions_.size(); ++i) {
            if (waits_for_[decisions_[i].image] > 0 && decisions_[i].hold == Hold::none) continue;
            scanned_ = i;
            put(i);
            while (!late_.empty()) {
                const auto next = late_.top();
                late_.pop();
                put(next);
            }
        }
        return std::move(ordered_);
    }

private:
    static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

    void put(std::uint32_t i) {
        ordered_.push_back(decisions_[i]);
        const auto image = decisions_[i].image;
        if (!holds_[image]) return;
        for (const auto& link : links_.on(image)) {
            const auto place = place_[link.dependent];
            if (place != none && --waits_for_[link.dependent] == 0 && place < scanned_) late_.push(place);
        }
    }

    const Dependencies& links_;
    const std::vector<Decision>& decisions_;
    std::vector<std::uint32_t> place_;      // image -> its decision among those that go, or none
    std::vector<std::uint32_t> waits_for_;  // image -> how many of its holders are still to go
    std::vector<bool> holds_;               // images that others wait for
    std::uint32_t scanned_ = 0;             // how far run() has come
    std::priority_queue<std::uint32_t, std::vector<std::uint32_t>, std::greater<>> late_;
    std::vector<Decision> ordered_;
};

}  // namespace

std::vector<Decision> settle(const Policy& policy, const Images& images, const Dependencies& links,
                             const std::vector<Standing>& standings, std::vector<Decision> marked) {
    if (!links.empty()) Settling(policy, images, links, standings, marked).run();
    sort_by_age(images, marked);
    return links.empty() ? std::move(marked) : Ordering(images, links, marked).run();
}

}  // namespace berth::lifecycle
