// berth dump-model: the operations of a service this program knows, with their shapes and limits, as JSON. The test
// that holds ECR's against Amazon's own model reads it, and the one that holds Berth's own against their documentation.
#include "api/aws/extensions.hpp"
#include "app/commands.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <memory>
#include <string>

namespace berth::app {

void add_dump_model_command(CLI::App& program, int& exit_code) {
    static_cast<void>(exit_code);
    auto* command =
        program.add_subcommand("dump-model", "Print the operations of a service with their shapes and limits as JSON");
    const auto service = std::make_shared<std::string>("ecr");
    command->add_option("--service", *service, "ecr, or berth for what ECR does not have")
        ->check(CLI::IsMember({"ecr", "berth"}))
        ->capture_default_str();
    command->group("");  // for the tests: not shown in --help
    command->callback([service] {
        const auto& chosen = *service == "ecr" ? api::aws::ecr_service() : api::aws::berth_service();
        const auto model = api::aws::dump_model(chosen) + "\n";
        std::fwrite(model.data(), 1, model.size(), stdout);
    });
}

}  // namespace berth::app
