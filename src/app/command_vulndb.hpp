// The subcommands of `berth vulndb`, which command_vulndb.cpp puts together.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace berth::app {

// --db: where the database is, for every command that reads or writes it. Without it BERTH_VULNDB says so, else it is
// ./berth-data/vulndb.
void add_database_option(CLI::App& command, std::string& folder);

void add_vulndb_import_command(CLI::App& vulndb, int& exit_code);
void add_vulndb_update_command(CLI::App& vulndb, int& exit_code);
void add_vulndb_status_command(CLI::App& vulndb, int& exit_code);
void add_vulndb_export_command(CLI::App& vulndb, int& exit_code);
void add_vulndb_compare_command(CLI::App& vulndb, int& exit_code);

}  // namespace berth::app
