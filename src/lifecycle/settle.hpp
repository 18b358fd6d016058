// From what rules marked to what really goes: indexes hold their children, subjects their referrers. For the .cpp files
// of this room.
#pragma once

#include "lifecycle/evaluate.hpp"
#include "lifecycle/links.hpp"

#include <cstdint>
#include <vector>

namespace berth::lifecycle {

// Where an image stands with the rules: the strongest one that has a say about it, whether it acts or not.
struct Standing {
    static constexpr std::uint8_t no_rule = 0xFF;
    std::uint8_t rule = no_rule;
    bool retained = false;  // `rule` retains it
};

// Takes the decisions of the rules and gives them with holds set, with the images that go along with others, and in the
// order of execution. `standings`: one an image.
[[nodiscard]] std::vector<Decision> settle(const Policy& policy, const Images& images, const Dependencies& links,
                                           const std::vector<Standing>& standings, std::vector<Decision> marked);

}  // namespace berth::lifecycle
