// The subcommands of `berth vulndb`, which command_vulndb.cpp puts together.
#pragma once

namespace CLI {
class App;
}

namespace berth::app {

// Where the database is unless --db says otherwise.
inline constexpr const char* default_vulndb_folder = "./berth-data/vulndb";

void add_vulndb_import_command(CLI::App& vulndb, int& exit_code);
void add_vulndb_update_command(CLI::App& vulndb, int& exit_code);
void add_vulndb_status_command(CLI::App& vulndb, int& exit_code);
void add_vulndb_export_command(CLI::App& vulndb, int& exit_code);
void add_vulndb_compare_command(CLI::App& vulndb, int& exit_code);

}  // namespace berth::app
