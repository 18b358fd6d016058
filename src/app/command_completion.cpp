// berth completion SHELL: a completion script made from the command line's own declaration.
#include "app/commands.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

namespace berth::app {

namespace {

std::string join(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
    return text;
}

std::vector<const CLI::App*> commands_of(const CLI::App& program) {
    return program.get_subcommands([](const CLI::App* command) { return !command->get_group().empty(); });
}

// The command's own options, and the names and options of the commands below it, each once.
std::vector<std::string> words_of(const CLI::App& command) {
    std::vector<std::string> words;
    for (const auto* option : command.get_options()) {
        for (const auto& name : option->get_lnames()) words.push_back("--" + name);
    }
    for (const auto* below : commands_of(command)) {
        words.push_back(below->get_name());
        for (auto& word : words_of(*below)) {
            if (std::ranges::find(words, word) == words.end()) words.push_back(std::move(word));
        }
    }
    return words;
}

std::string bash_script(const CLI::App& program) {
    std::vector<std::string> names;
    std::string cases;
    for (const auto* command : commands_of(program)) {
        names.push_back(command->get_name());
        cases += "        " + command->get_name() + ") words=\"" + join(words_of(*command)) + "\" ;;\n";
    }
    return "_berth() {\n"
           "    local words current=\"${COMP_WORDS[COMP_CWORD]}\"\n"
           "    case \"${COMP_WORDS[1]}\" in\n" +
           cases + "        *) words=\"" + join(names) + " --help --version\" ;;\n" +
           "    esac\n"
           "    if [ \"$COMP_CWORD\" -eq 1 ]; then words=\"" +
           join(names) + " --help --version\"; fi\n" +
           "    COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
           "    if [ \"${#COMPREPLY[@]}\" -eq 0 ]; then COMPREPLY=($(compgen -f -- \"$current\")); fi\n"
           "}\n"
           "complete -o filenames -F _berth berth\n";
}

std::string fish_script(const CLI::App& program) {
    std::string script = "complete -c berth -n __fish_use_subcommand -f\n";
    for (const auto* command : commands_of(program)) {
        script += "complete -c berth -n __fish_use_subcommand -f -a " + command->get_name() + " -d '" +
                  command->get_description() + "'\n";
        for (const auto& word : words_of(*command)) {
            const bool option = word.starts_with("--");
            script += "complete -c berth -n '__fish_seen_subcommand_from " + command->get_name() +
                      (option ? "' -l " + word.substr(2) : "' -f -a " + word) + "\n";
        }
    }
    return script;
}

}  // namespace

void add_completion_command(CLI::App& program, int& exit_code) {
    static_cast<void>(exit_code);
    auto* command = program.add_subcommand("completion", "Print a completion script for your shell");
    const auto shell = std::make_shared<std::string>();
    command->add_option("SHELL", *shell, "bash, zsh or fish")
        ->required()
        ->check(CLI::IsMember({"bash", "zsh", "fish"}));
    command->footer(
        "bash:  source <(berth completion bash)\nzsh:   source <(berth completion zsh)\nfish:  berth completion fish | "
        "source");
    command->callback([shell, &program] {
        std::string script = *shell == "fish" ? fish_script(program) : bash_script(program);
        if (*shell == "zsh") script = "autoload -U +X bashcompinit && bashcompinit\n" + script;
        std::fwrite(script.data(), 1, script.size(), stdout);
    });
}

}  // namespace berth::app
