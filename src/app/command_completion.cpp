// berth completion SHELL: a completion script made from the command line's own declaration.
#include "app/commands.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <iterator>
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

std::vector<const CLI::App*> commands_of(const CLI::App& command) {
    return command.get_subcommands([](const CLI::App* below) { return !below->get_group().empty(); });
}

// What the option may be, where that is a short list: the parser shows it as "TEXT:{a,b}".
std::vector<std::string> choices_of(const CLI::Option& option) {
    const auto type = option.get_type_name();
    const auto begin = type.find('{');
    const auto end = type.find('}', begin);
    if (begin == std::string::npos || end == std::string::npos) return {};
    return CLI::detail::split(type.substr(begin + 1, end - begin - 1), ',');
}

bool takes_value(const CLI::Option& option) {
    return option.get_items_expected_max() > 0;
}

// The commands below, the choices of what has no name, and the names of the options.
std::vector<std::string> words_of(const CLI::App& command) {
    std::vector<std::string> words;
    for (const auto* below : commands_of(command)) words.push_back(below->get_name());
    for (const auto* option : command.get_options()) {
        if (option->get_positional()) std::ranges::copy(choices_of(*option), std::back_inserter(words));
    }
    for (const auto* option : command.get_options()) {
        for (const auto& name : option->get_lnames()) words.push_back("--" + name);
    }
    return words;
}

// Visits a command and all below it with the names that lead there, each behind a space.
template <class Visit>
void for_each_command(const CLI::App& command, const std::string& path, const Visit& visit) {
    visit(command, path);
    for (const auto* below : commands_of(command)) for_each_command(*below, path + " " + below->get_name(), visit);
}

// The commands named so far make the path; the word before the one to complete decides where it is an option with a
// value. Without words to offer, files are.
std::string bash_script(const CLI::App& program) {
    std::string paths;
    std::string values;
    std::string words;
    for_each_command(program, "", [&](const CLI::App& command, const std::string& path) {
        if (!path.empty()) paths += (paths.empty() ? "'" : "|'") + path + "'";
        words += "            '" + path + "') words=\"" + join(words_of(command)) + "\" ;;\n";
        for (const auto* option : command.get_options()) {
            if (!takes_value(*option)) continue;
            for (const auto& name : option->get_lnames()) {
                values += "        '" + path + " --" + name + "') words=\"" + join(choices_of(*option)) + "\" ;;\n";
            }
        }
    });
    return "_berth() {\n"
           "    local words='' path='' word current=\"${COMP_WORDS[COMP_CWORD]}\" "
           "previous=\"${COMP_WORDS[COMP_CWORD-1]}\"\n"
           "    if [ \"$current\" = '=' ]; then current=''\n"
           "    elif [ \"$previous\" = '=' ]; then previous=\"${COMP_WORDS[COMP_CWORD-2]}\"; fi\n"
           "    for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
           "        case \"$path $word\" in " +
           paths + ") path=\"$path $word\" ;; esac\n" +
           "    done\n"
           "    case \"$path $previous\" in\n" +
           values + "        *) case \"$path\" in\n" + words + "        esac ;;\n" +
           "    esac\n"
           "    COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
           "    if [ \"${#COMPREPLY[@]}\" -eq 0 ]; then COMPREPLY=($(compgen -f -- \"$current\")); fi\n"
           "}\n"
           "complete -o filenames -F _berth berth\n";
}

std::string fish_quoted(const std::string& text) {
    std::string quoted = "'";
    for (const char c : text) quoted += c == '\'' || c == '\\' ? std::string{'\\', c} : std::string(1, c);
    return quoted + "'";
}

// That all commands of the path were named, and none below it.
std::string fish_condition(const CLI::App& command, const std::string& path) {
    std::string condition;
    for (const auto& name : CLI::detail::split(path, ' ')) {
        if (!name.empty()) condition += (condition.empty() ? "" : "; and ") + ("__fish_seen_subcommand_from " + name);
    }
    if (condition.empty()) return "__fish_use_subcommand";
    const auto below = commands_of(command);
    if (!below.empty()) condition += "; and not __fish_seen_subcommand_from";
    for (const auto* one : below) condition += " " + one->get_name();
    return condition;
}

std::string fish_script(const CLI::App& program) {
    std::string script;
    for_each_command(program, "", [&](const CLI::App& command, const std::string& path) {
        const auto start = "complete -c berth -n '" + fish_condition(command, path) + "'";
        for (const auto* below : commands_of(command)) {
            script += start + " -f -a " + below->get_name() + " -d " + fish_quoted(below->get_description()) + "\n";
        }
        for (const auto* option : command.get_options()) {
            const auto choices = join(choices_of(*option));
            if (option->get_positional() && !choices.empty()) script += start + " -f -a '" + choices + "'\n";
            for (const auto& name : option->get_lnames()) {
                script += start + " -l " + name;
                if (takes_value(*option)) script += choices.empty() ? " -r" : " -x -a '" + choices + "'";
                script += '\n';
            }
        }
    });
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
