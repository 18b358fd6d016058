#include "app/suggestion.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

namespace berth::app {

namespace {

// Letters to add, drop or replace (Levenshtein).
std::size_t distance(std::string_view from, std::string_view to) {
    std::vector<std::size_t> row(to.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < from.size(); ++i) {
        auto diagonal = std::exchange(row[0], i + 1);
        for (std::size_t k = 0; k < to.size(); ++k) {
            const auto replaced = diagonal + (from[i] == to[k] ? 0 : 1);
            diagonal = row[k + 1];
            row[k + 1] = std::min({replaced, row[k] + 1, row[k + 1] + 1});
        }
    }
    return row.back();
}

std::vector<std::string> names_of(const CLI::App& command, bool options) {
    std::vector<std::string> words;
    if (options) {
        for (const auto* option : command.get_options()) {
            for (const auto& name : option->get_lnames()) words.push_back("--" + name);
        }
        return words;
    }
    for (const auto* below : command.get_subcommands({})) {
        if (!below->get_group().empty()) words.push_back(below->get_name());
    }
    return words;
}

std::string path_of(const CLI::App& command) {
    return command.get_parent() == nullptr ? command.get_name()
                                           : path_of(*command.get_parent()) + " " + command.get_name();
}

}  // namespace

const CLI::App* find_command(const CLI::App& command, const std::string& name) {
    for (const auto* below : command.get_subcommands({})) {
        if (below->get_name() == name) return below;
    }
    return nullptr;
}

std::string no_such_command(const CLI::App& command, std::string_view word) {
    const bool option = word.starts_with('-');
    constexpr std::size_t longest_shown = 64;
    std::string text = option ? "there is no option " : "there is no command ";
    text += word.substr(0, longest_shown);
    if (const auto meant = nearest(word, names_of(command, option))) text += "; did you mean " + *meant + "?";
    return text + "\n`" + path_of(command) + " --help` lists them.";
}

std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates) {
    std::optional<std::string> best;
    auto least = word.size() / 3 + 1;  // more letters than that are another word
    constexpr std::size_t longest = 32;
    if (word.size() > longest) return best;
    for (const auto& candidate : candidates) {
        const bool begun = word.size() >= 2 && candidate.starts_with(word);
        const auto needed = begun ? 0 : distance(word, candidate);
        if (needed > least || (best && needed == least)) continue;
        least = needed;
        best = candidate;
    }
    return best;
}

std::optional<std::string> unknown_command(const CLI::App& program, std::span<const char* const> words) {
    const auto* command = &program;
    for (const std::string word : words) {
        if (command->get_require_subcommand_min() == 0) return std::nullopt;
        const auto* below = find_command(*command, word);
        if (below == nullptr) {
            const auto name = word.substr(0, word.find('='));
            const bool is_option = word.starts_with('-') && command->get_option_no_throw(name) != nullptr;
            return is_option ? std::nullopt : std::optional(no_such_command(*command, word));
        }
        command = below;
    }
    return std::nullopt;
}

}  // namespace berth::app
