// The subcommands of `berth vulndb`, which command_vulndb.cpp puts together.
#pragma once

namespace CLI {
class App;
}

namespace berth::app {

void add_vulndb_compare_command(CLI::App& vulndb, int& exit_code);

}  // namespace berth::app
