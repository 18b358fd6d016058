#include "lifecycle/links.hpp"

#include <algorithm>
#include <bit>
#include <tuple>
#include <utility>

namespace berth::lifecycle {

namespace {

using Key = Images::Key;

// Tells most digests that are not in a sorted list from those that are, without searching it: a bit for each of the
// low bits of a digest, eight times as many as there are digests.
class Filter {
public:
    explicit Filter(const std::vector<Key>& keys) : bits_(std::bit_ceil(keys.size() * 8)) {
        for (const auto& key : keys) bits_[key[1] & (bits_.size() - 1)] = true;
    }
    [[nodiscard]] bool may_have(const Key& key) const { return bits_[key[1] & (bits_.size() - 1)]; }

private:
    std::vector<bool> bits_;
};

// The images behind the digests that links name, sorted by digest.
std::vector<std::pair<Key, std::uint32_t>> named_images(const Images& images) {
    std::vector<Key> named;
    named.reserve(images.children().size() + images.subjects().size());
    for (const auto& link : images.children()) named.push_back(link.key);
    for (const auto& link : images.subjects()) named.push_back(link.key);
    std::ranges::sort(named);
    const auto doubled = std::ranges::unique(named);
    named.erase(doubled.begin(), doubled.end());

    std::vector<std::pair<Key, std::uint32_t>> found;
    if (named.empty()) return found;
    const Filter filter(named);
    const auto& records = images.records();
    for (std::uint32_t i = 0; i < records.size(); ++i) {
        const auto& key = records[i].key;
        if (filter.may_have(key) && std::ranges::binary_search(named, key)) found.emplace_back(key, i);
    }
    std::ranges::sort(found);
    return found;
}

std::span<const Dependency> range_of(const std::vector<Dependency>& sorted, std::uint32_t Dependency::* key,
                                     std::uint32_t value) {
    const auto range = std::ranges::equal_range(sorted, value, {}, key);
    return {range.begin(), range.end()};
}

}  // namespace

Dependencies::Dependencies(const Images& images) {
    const auto named = named_images(images);
    const auto find = [&](const Key& key) -> const std::uint32_t* {
        const auto at = std::ranges::lower_bound(named, key, {}, &std::pair<Key, std::uint32_t>::first);
        return at != named.end() && at->first == key ? &at->second : nullptr;
    };
    for (const auto& link : images.children()) {
        if (const auto* child = find(link.key)) {
            by_holder_.push_back({.holder = link.image, .dependent = *child, .kind = LinkKind::index});
        }
    }
    for (const auto& link : images.subjects()) {
        if (const auto* subject = find(link.key)) {
            by_holder_.push_back({.holder = *subject, .dependent = link.image, .kind = LinkKind::subject});
        }
    }
    const auto key = [](const Dependency& link) { return std::tuple(link.holder, link.dependent, link.kind); };
    std::ranges::sort(by_holder_, {}, key);
    const auto doubled = std::ranges::unique(by_holder_, {}, key);
    by_holder_.erase(doubled.begin(), doubled.end());
    by_dependent_ = by_holder_;
    std::ranges::sort(by_dependent_, {},
                      [](const Dependency& link) { return std::tuple(link.dependent, link.kind, link.holder); });
}

std::span<const Dependency> Dependencies::on(std::uint32_t holder) const {
    return range_of(by_holder_, &Dependency::holder, holder);
}

std::span<const Dependency> Dependencies::of(std::uint32_t dependent) const {
    return range_of(by_dependent_, &Dependency::dependent, dependent);
}

}  // namespace berth::lifecycle
