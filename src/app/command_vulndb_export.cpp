// berth vulndb export [--db DIR] FILE: one file for a machine without a network.
#include "app/command_vulndb.hpp"
#include "app/progress_bar.hpp"
#include "vulndb/import.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

namespace berth::app {

namespace {

struct Arguments {
    std::string folder;
    std::string bundle;
};

int run(const Arguments& arguments) {
    if (const auto written = vulndb::export_database(arguments.folder, arguments.bundle); !written) {
        std::fprintf(stderr, "berth: %s\n", written.error().message.c_str());
        return 1;
    }
    std::printf("%s  %s; elsewhere: berth vulndb import %s\n", arguments.bundle.c_str(),
                human_size(std::filesystem::file_size(arguments.bundle)).c_str(), arguments.bundle.c_str());
    return 0;
}

}  // namespace

void add_vulndb_export_command(CLI::App& vulndb, int& exit_code) {
    auto* command = vulndb.add_subcommand(
        "export", "Write the database into one file, which `berth vulndb import` takes on another machine");
    const auto arguments = std::make_shared<Arguments>();
    add_database_option(*command, arguments->folder);
    command->add_option("file", arguments->bundle, "The bundle to write, vulndb.bundle.zst")->required();
    command->callback([arguments, &exit_code] { exit_code = run(*arguments); });
}

}  // namespace berth::app
