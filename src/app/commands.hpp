// The commands of the program, a file each. Every one adds itself to the command line; its callback sets the exit code.
#pragma once

namespace CLI {
class App;
}

namespace berth::app {

void add_serve_command(CLI::App& program, int& exit_code);
void add_config_command(CLI::App& program, int& exit_code);
void add_lifecycle_command(CLI::App& program, int& exit_code);
void add_fsck_command(CLI::App& program, int& exit_code);
void add_completion_command(CLI::App& program, int& exit_code);
void add_vulndb_command(CLI::App& program, int& exit_code);
void add_scan_rules_command(CLI::App& program, int& exit_code);
void add_scan_command(CLI::App& program, int& exit_code);
void add_sbom_command(CLI::App& program, int& exit_code);
void add_help_command(CLI::App& program, int& exit_code);
void add_images_command(CLI::App& program, int& exit_code);
void add_scan_worker_command(CLI::App& program, int& exit_code);
void add_dump_model_command(CLI::App& program, int& exit_code);

}  // namespace berth::app
