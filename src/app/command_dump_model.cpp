// berth dump-model: the ECR operations this program knows, with their shapes and limits, as JSON. The test that holds
// them against Amazon's own model reads it.
#include "api/aws/catalog.hpp"
#include "app/commands.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>

namespace berth::app {

void add_dump_model_command(CLI::App& program, int& exit_code) {
    static_cast<void>(exit_code);
    auto* command =
        program.add_subcommand("dump-model", "Print the ECR operations with their shapes and limits as JSON");
    command->group("");  // for the tests: not shown in --help
    command->callback([] {
        const auto model = api::aws::dump_model() + "\n";
        std::fwrite(model.data(), 1, model.size(), stdout);
    });
}

}  // namespace berth::app
