// berth vulndb compare ECOSYSTEM A B: which of two versions is the newer one, as the ecosystem's own tools have it.
//
// Prints -1, 0 or 1. With "-" for A it reads lines of two versions with a tab between them and prints a line for each,
// "?" where one of the two is no version; then, as for a single pair, the exit code is 1.
#include "app/command_vulndb.hpp"
#include "versions/version.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>

namespace berth::app {

namespace {

constexpr int not_a_version_exit = 1;

struct Arguments {
    std::string ecosystem;
    std::string a;
    std::string b;
};

const char* word_for(versions::Order order) {
    if (!order) return "?";
    return *order < 0 ? "-1" : *order > 0 ? "1" : "0";
}

int compare_pair(versions::Scheme scheme, std::string_view a, std::string_view b) {
    const auto order = versions::compare(scheme, a, b);
    if (order) {
        std::puts(word_for(order));
        return 0;
    }
    for (const auto text : {a, b}) {
        if (versions::is_version(scheme, text)) continue;
        const std::string shown(text.substr(0, versions::max_length));
        const std::string name(versions::name_of(scheme));
        std::fprintf(stderr, "berth: \"%s\" is not a version of %s\n", shown.c_str(), name.c_str());
    }
    return not_a_version_exit;
}

int compare_lines(versions::Scheme scheme, std::istream& in) {
    int exit_code = 0;
    std::string line;
    while (std::getline(in, line)) {
        if (line.ends_with('\r')) line.pop_back();
        const std::string_view text = line;
        const auto tab = text.find('\t');
        const auto order = tab == std::string_view::npos
                               ? std::nullopt
                               : versions::compare(scheme, text.substr(0, tab), text.substr(tab + 1));
        std::puts(word_for(order));
        if (!order) exit_code = not_a_version_exit;
    }
    return exit_code;
}

CLI::Validator ecosystem_names() {
    return {[](const std::string& name) {
                if (versions::parse_scheme(name)) return std::string();
                return "no ecosystem is called \"" + name +
                       "\"; there are deb, rpm, apk, npm, go, crates, pypi, maven, gem, nuget and packagist";
            },
            "NAME"};
}

}  // namespace

void add_vulndb_compare_command(CLI::App& vulndb, int& exit_code) {
    auto* command = vulndb.add_subcommand("compare", "Compare two versions; prints -1, 0 or 1");
    const auto arguments = std::make_shared<Arguments>();
    command
        ->add_option("ecosystem", arguments->ecosystem,
                     "deb, rpm, apk, npm, go, crates, pypi, maven, gem, nuget, packagist")
        ->required()
        ->check(ecosystem_names());
    command->add_option("a", arguments->a, "The one version, or - to read lines of A, a tab, B")->required();
    auto* second = command->add_option("b", arguments->b, "The other version");
    command->callback([arguments, second, &exit_code] {
        const auto scheme = *versions::parse_scheme(arguments->ecosystem);
        if (second->count() == 0 && arguments->a != "-") throw CLI::RequiredError("b");
        exit_code =
            second->count() == 0 ? compare_lines(scheme, std::cin) : compare_pair(scheme, arguments->a, arguments->b);
    });
}

}  // namespace berth::app
