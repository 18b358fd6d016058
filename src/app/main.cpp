#include "app/commands.hpp"
#include "app/suggestion.hpp"
#include "app/usage_error.hpp"
#include "app/version.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

namespace {

constexpr int usage_exit = 2;
constexpr int failure_exit = 1;

void complain(const char* what) {
    std::fprintf(stderr, "berth: %s\n", what);
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App program(
        "Berth, a container registry that speaks Amazon ECR.\n\n"
        "Start one:      berth serve --data ./berth-data\n"
        "Use it with:    aws --endpoint-url http://localhost:5000 ecr create-repository --repository-name app\n"
        "                (credentials: DATA/credentials, made by the first start)",
        "berth");
    program.set_version_flag("--version", std::string(berth::app::version));
    program.require_subcommand(1);
    int exit_code = 0;
    berth::app::add_serve_command(program, exit_code);
    berth::app::add_images_command(program, exit_code);
    berth::app::add_scan_rules_command(program, exit_code);
    berth::app::add_config_command(program, exit_code);
    berth::app::add_lifecycle_command(program, exit_code);
    berth::app::add_fsck_command(program, exit_code);
    berth::app::add_completion_command(program, exit_code);
    berth::app::add_vulndb_command(program, exit_code);
    berth::app::add_scan_worker_command(program, exit_code);
    berth::app::add_scan_command(program, exit_code);
    berth::app::add_sbom_command(program, exit_code);
    berth::app::add_dump_model_command(program, exit_code);
    berth::app::add_help_command(program, exit_code);
    const std::vector<const char*> words(argv + std::min(argc, 1), argv + argc);
    if (const auto unknown = berth::app::unknown_command(program, words)) {
        complain(unknown->c_str());
        return usage_exit;
    }
    try {
        program.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const int code = program.exit(error);
        return code == 0 ? 0 : usage_exit;
    } catch (const berth::app::UsageError& error) {
        complain(error.what());
        return usage_exit;
    } catch (const std::exception& error) {
        complain(error.what());
        return failure_exit;
    }
    return exit_code;
}
