// berth scan-worker: the process in which a server reads layers. Started by the server; of no use by hand.
#include "app/commands.hpp"
#include "worker/layer_worker.hpp"

#include <CLI/CLI.hpp>
#include <unistd.h>

#include <cstddef>
#include <memory>

namespace berth::app {

namespace {

struct Arguments {
    worker::SandboxLimits limits;
    std::size_t layers = 1;
};

}  // namespace

void add_scan_worker_command(CLI::App& program, int& exit_code) {
    static_cast<void>(exit_code);
    auto* command = program.add_subcommand("scan-worker", "Read layers for a server, confined");
    command->group("");  // hidden
    const auto arguments = std::make_shared<Arguments>();
    command->add_option("--memory", arguments->limits.memory_bytes, "Bytes of address space")->required();
    command->add_option("--cpu", arguments->limits.cpu_seconds, "Seconds of processor time")->required();
    command->add_option("--niceness", arguments->limits.niceness, "How far it steps back, 0 to 19")->required();
    command->add_option("--layers", arguments->layers, "How many it answers before it ends")->required();
    command->callback([arguments] { ::_exit(worker::run_layer_worker(arguments->limits, arguments->layers)); });
}

}  // namespace berth::app
