// Which images of a repository stand on which: an index on nothing, its children on it; a subject on nothing, its
// referrers on it. For the .cpp files of this room.
#pragma once

#include "lifecycle/images.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace berth::lifecycle {

enum class LinkKind : std::uint8_t { index, subject };

// `dependent` may not go before `holder` did: it is a child of that index, or refers to that subject.
struct Dependency {
    std::uint32_t holder = 0;
    std::uint32_t dependent = 0;
    LinkKind kind = LinkKind::index;
};

// Memory grows with the links, not with the images. Digests that the repository does not have are left out.
class Dependencies {
public:
    explicit Dependencies(const Images& images);

    [[nodiscard]] bool empty() const { return by_holder_.empty(); }
    [[nodiscard]] std::span<const Dependency> all() const { return by_dependent_; }
    [[nodiscard]] std::span<const Dependency> on(std::uint32_t holder) const;
    [[nodiscard]] std::span<const Dependency> of(std::uint32_t dependent) const;

private:
    std::vector<Dependency> by_holder_;
    std::vector<Dependency> by_dependent_;
};

}  // namespace berth::lifecycle
