// What somebody who mistyped a word may have meant.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace CLI {
class App;
}

namespace berth::app {

// The candidate that is nearest to the word; nullopt when none of them looks like it.
[[nodiscard]] std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates);

// The command of this name below another one; null when there is none.
[[nodiscard]] const CLI::App* find_command(const CLI::App& command, const std::string& name);
// Says that there is no such command or option, and which one there is.
[[nodiscard]] std::string no_such_command(const CLI::App& command, std::string_view word);

// The command line's parser only misses a command where it does not know the word. Says which word stands where a
// command must and is none; nullopt when there is no such word. `words` are those behind the program's name.
[[nodiscard]] std::optional<std::string> unknown_command(const CLI::App& program, std::span<const char* const> words);

}  // namespace berth::app
