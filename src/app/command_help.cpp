// berth help [COMMAND]: what --help says, for those who look for it there.
#include "app/commands.hpp"
#include "app/suggestion.hpp"
#include "app/usage_error.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

namespace berth::app {

namespace {

std::string help_of(const CLI::App& program, const std::vector<std::string>& path) {
    const auto* command = &program;
    auto name = program.get_name();
    for (const auto& word : path) {
        const auto* below = find_command(*command, word);
        if (below == nullptr) throw UsageError(no_such_command(*command, word));
        command = below;
        name += " " + word;
    }
    return command->get_formatter()->make_help(command, name, CLI::AppFormatMode::Normal);
}

}  // namespace

void add_help_command(CLI::App& program, int& exit_code) {
    static_cast<void>(exit_code);
    auto* command = program.add_subcommand("help", "Say what a command does and takes, as --help does");
    const auto path = std::make_shared<std::vector<std::string>>();
    command->add_option("COMMAND", *path, "Its name: serve, or images restore");
    command->callback([path, &program] {
        const auto text = help_of(program, *path);
        std::fwrite(text.data(), 1, text.size(), stdout);
    });
}

}  // namespace berth::app
