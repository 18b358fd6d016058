// Which policy governs a repository: its own, else the registry's default for its name (an extension; ECR has none).
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace berth::lifecycle {

// The pattern that governs a repository which has no policy of its own: of those that match the whole name ('*' is any
// run of characters) the one with the most characters that are no '*', and of equals the one that sorts first.
// The index in `patterns`; nullopt when none matches.
[[nodiscard]] std::optional<std::size_t> pick_default(std::span<const std::string_view> patterns,
                                                      std::string_view repository);

// Own policy wins; `own` and `defaults` (side by side with `patterns`) are whatever the caller keeps policies as.
// nullptr: nothing governs the repository.
template <class Stored>
[[nodiscard]] const Stored* govern(const Stored* own, std::span<const std::string_view> patterns,
                                   std::span<const Stored> defaults, std::string_view repository) {
    if (own != nullptr) return own;
    const auto picked = pick_default(patterns, repository);
    return picked ? &defaults[*picked] : nullptr;
}

}  // namespace berth::lifecycle
