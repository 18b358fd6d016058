// berth config: every setting with its value, or the reference that docs/settings.md holds.
#include "app/commands.hpp"
#include "app/settings.hpp"

#include <CLI/CLI.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>

namespace berth::app {

namespace {

struct Arguments {
    std::string file;
    std::string format = "table";
};

void print(const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
}

void print_table(const Config& config) {
    std::size_t key_width = 0;
    std::size_t value_width = 0;
    for (const auto& setting : settings()) {
        key_width = std::max(key_width, setting.key.size());
        value_width = std::max(value_width, setting.show(config).size());
    }
    for (const auto& setting : settings()) {
        auto value = setting.show(config);
        value.resize(value_width, ' ');
        std::string key(setting.key);
        key.resize(key_width, ' ');
        print(key + "  " + value + "  " + std::string(setting.help) + "\n");
    }
}

void print_json(const Config& config) {
    boost::json::object all;
    for (const auto& setting : settings()) all[setting.key] = setting.show(config);
    print(boost::json::serialize(all) + "\n");
}

void print_markdown(const Config& defaults) {
    print(
        "# Settings\n\n"
        "Made by `berth config --format markdown`. A configuration file is TOML, given as `berth serve --config FILE`; "
        "a key `section.name` stands there as\n\n```toml\n[section]\nname = \"value\"\n```\n\n"
        "Command-line options win over the file. Sizes are written as `64KiB`, `4MiB`, `10GiB`, durations as `500ms`, "
        "`30s`, `5m`, `12h`, `7d`.\n\n| setting | default | takes | what it does |\n| --- | --- | --- | --- |\n");
    for (const auto& setting : settings()) {
        const auto value = setting.show(defaults);
        print("| `" + std::string(setting.key) + "` | " + (value.empty() ? "" : "`" + value + "`") + " | " +
              std::string(setting.type) + " | " + std::string(setting.help) + " |\n");
    }
}

void run(const Arguments& arguments) {
    Config config;
    if (!arguments.file.empty()) read_config_file(arguments.file, config);
    if (arguments.format == "json") print_json(config);
    if (arguments.format == "table") print_table(config);
    if (arguments.format == "markdown") print_markdown(config);
}

}  // namespace

void add_config_command(CLI::App& program, int& exit_code) {
    static_cast<void>(exit_code);
    auto* command = program.add_subcommand("config", "Show every setting with its value and what it does");
    const auto arguments = std::make_shared<Arguments>();
    command->add_option("--config", arguments->file, "TOML file to read (default: the built-in values)")
        ->check(CLI::ExistingFile);
    command->add_option("--format", arguments->format, "How to print")
        ->check(CLI::IsMember({"table", "json", "markdown"}))
        ->capture_default_str();
    command->callback([arguments] { run(*arguments); });
}

}  // namespace berth::app
