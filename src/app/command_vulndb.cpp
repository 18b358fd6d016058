// berth vulndb: the vulnerability database by hand; a subcommand a file.
#include "app/command_vulndb.hpp"

#include "app/commands.hpp"

#include <CLI/CLI.hpp>

namespace berth::app {

void add_database_option(CLI::App& command, std::string& folder) {
    folder = "./berth-data/vulndb";
    command.add_option("--db", folder, "Folder of the vulnerability database")
        ->envname("BERTH_VULNDB")
        ->capture_default_str();
}

void add_vulndb_command(CLI::App& program, int& exit_code) {
    auto* vulndb =
        program.add_subcommand("vulndb", "The vulnerability database: what it is made of and how it compares");
    vulndb->require_subcommand(1);
    add_vulndb_import_command(*vulndb, exit_code);
    add_vulndb_update_command(*vulndb, exit_code);
    add_vulndb_status_command(*vulndb, exit_code);
    add_vulndb_export_command(*vulndb, exit_code);
    add_vulndb_compare_command(*vulndb, exit_code);
}

}  // namespace berth::app
