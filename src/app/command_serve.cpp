// berth serve: the server.
#include "app/commands.hpp"
#include "app/logging.hpp"
#include "app/node.hpp"
#include "app/process.hpp"
#include "app/settings.hpp"
#include "app/usage_error.hpp"

#include <CLI/CLI.hpp>

#include <csignal>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace berth::app {

namespace {

struct Arguments {
    std::string config_file;
    // Options that were given; each overrides the setting of its key.
    std::vector<std::pair<std::string_view, std::unique_ptr<std::optional<std::string>>>> options;
    std::vector<std::string> overrides;  // key=value
};

Config configuration(const Arguments& arguments) {
    Config config;
    if (!arguments.config_file.empty()) read_config_file(arguments.config_file, config);
    for (const auto& [key, value] : arguments.options) {
        if (*value) apply_setting(config, key, **value, "");
    }
    for (const auto& text : arguments.overrides) {
        const auto equals = text.find('=');
        if (equals == std::string::npos) throw UsageError("--set " + text + ": write KEY=VALUE");
        apply_setting(config, std::string_view(text).substr(0, equals), text.substr(equals + 1), "--set ");
    }
    return config;
}

// Blocks the signals that end the program in every thread made from here on; one thread waits for them.
sigset_t block_ending_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    // A terminal that goes is no reason to break requests off, and under nohup none to stop.
    struct sigaction hangup{};
    sigaction(SIGHUP, nullptr, &hangup);
    if (hangup.sa_handler != SIG_IGN) sigaddset(&signals, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    return signals;
}

void serve(const Arguments& arguments) {
    const auto config = configuration(arguments);
    prepare_process();
    start_logging(config);
    const auto signals = block_ending_signals();
    Node node(config);
    std::thread([signals, &node] {
        int number = 0;
        while (sigwait(&signals, &number) != 0) {
        }
        node.stop();
        sigwait(&signals, &number);
        std::quick_exit(1);  // asked twice: now
    }).detach();
    node.run();
}

}  // namespace

void add_serve_command(CLI::App& program, int& exit_code) {
    static_cast<void>(exit_code);
    auto* command = program.add_subcommand("serve", "Run the registry");
    const auto arguments = std::make_shared<Arguments>();
    command->add_option("--config", arguments->config_file, "TOML file with settings; `berth config` documents them")
        ->check(CLI::ExistingFile);
    const auto option = [&](const char* name, std::string_view key, const char* help) {
        auto& place = arguments->options.emplace_back(key, std::make_unique<std::optional<std::string>>());
        command->add_option(name, *place.second, help);
    };
    option("--data", "server.data", "Folder for metadata, blobs and keys (default ./berth-data)");
    option("--listen", "server.listen", "HOST:PORT to listen on (default 127.0.0.1:5000)");
    option("--account", "server.account", "Account id of the server's own registry (default 000000000000)");
    option("--region", "server.region", "Region of the server's own registry (default us-east-1)");
    option("--tls-cert", "server.tls_cert",
           "PEM file with the certificate chain; with --tls-key, the server speaks TLS");
    option("--tls-key", "server.tls_key", "PEM file with the private key");
    option("--log-format", "log.format", "text or json (default text)");
    option("--log-level", "log.level", "debug, info, warning or error (default info)");
    command->add_option("--set", arguments->overrides, "KEY=VALUE for any other setting; may be repeated");
    command->footer(
        "The first start makes an access key and writes it to DATA/credentials; BERTH_ROOT_ACCESS_KEY_ID and\n"
        "BERTH_ROOT_SECRET_ACCESS_KEY choose it instead. SIGTERM (or\n"
        "SIGHUP) lets running requests finish.\n\n"
        "  berth serve --data /srv/berth --listen 0.0.0.0:5000 --tls-cert cert.pem --tls-key key.pem\n"
        "  berth serve --set limits.manifest_bytes=8MiB --set log.access=all");
    command->callback([arguments] { serve(*arguments); });
}

}  // namespace berth::app
