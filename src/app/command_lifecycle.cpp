// berth lifecycle: what a lifecycle policy would do to the images of a listing, without a server.
#include "app/commands.hpp"
#include "app/usage_error.hpp"
#include "lifecycle/preview_text.hpp"
#include "lifecycle/time_text.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>

namespace berth::app {

namespace {

constexpr int invalid_policy_exit = 1;
constexpr auto longest_forecast = std::chrono::days(3660);

struct Arguments {
    std::string policy_file;
    std::string images_file;
    std::string at;
    std::string until;
    std::string format = "json";
    bool extensions = false;
};

std::string read_all(const std::string& file) {
    std::ifstream opened;
    if (file != "-") opened.open(file, std::ios::binary);
    auto& in = file == "-" ? std::cin : opened;
    std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    if (in.bad() || (file != "-" && !opened.is_open())) throw UsageError("cannot read " + file);
    return text;
}

void print(const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
}

// Says what is wrong, as the server would, and gives nothing, when the policy is not valid.
std::optional<lifecycle::Policy> read_policy(const Arguments& arguments) {
    if (arguments.policy_file.empty()) throw UsageError("name the file of the policy, or - for the standard input");
    auto policy = lifecycle::parse(read_all(arguments.policy_file), {.extensions = arguments.extensions});
    if (policy) return std::move(*policy);
    std::fprintf(stderr, "berth: %s: %s\n", arguments.policy_file.c_str(), policy.error().message.c_str());
    return std::nullopt;
}

Timestamp read_time(const std::string& option, const std::string& text) {
    const auto time = lifecycle::parse_time(text);
    if (!time) {
        throw UsageError(option + " " + text + ": write a time like 2026-11-24T13:00:00Z, 2026-11-24 or 1795525200");
    }
    return *time;
}

// A date alone means the whole of that day.
Timestamp read_until(const std::string& text, Timestamp from) {
    constexpr std::size_t date_length = 10;
    auto until = read_time("--until", text);
    if (text.size() == date_length && text.contains('-')) until += std::chrono::days(1) - std::chrono::milliseconds(1);
    if (until < from) throw UsageError("--until " + text + " lies before " + lifecycle::to_iso_time(from));
    if (until - from > longest_forecast) throw UsageError("--until " + text + ": ten years ahead are the most");
    return until;
}

void preview(const Arguments& arguments, int& exit_code) {
    if (arguments.policy_file == "-" && arguments.images_file == "-") {
        throw UsageError("only one of --policy-file and --images can be - (the standard input)");
    }
    const auto now = arguments.at.empty() ? SystemClock().now() : read_time("--at", arguments.at);
    const auto policy = read_policy(arguments);
    if (!policy) {
        exit_code = invalid_policy_exit;
        return;
    }
    const auto repository = lifecycle::parse_described_images(read_all(arguments.images_file));
    if (!repository) throw UsageError(arguments.images_file + ": " + repository.error().message);
    const bool table = arguments.format == "table";
    if (arguments.until.empty()) {
        const auto decisions = lifecycle::evaluate(*policy, lifecycle::pack(repository->images), now);
        print(table ? lifecycle::preview_table(*policy, *repository, decisions)
                    : lifecycle::preview_json(*policy, *repository, decisions));
        return;
    }
    const auto days = lifecycle::forecast(*policy, *repository, now, read_until(arguments.until, now));
    print(table ? lifecycle::forecast_table(*policy, *repository, days)
                : lifecycle::forecast_json(*policy, *repository, days));
}

void validate(const Arguments& arguments, int& exit_code) {
    const auto policy = read_policy(arguments);
    if (!policy) {
        exit_code = invalid_policy_exit;
        return;
    }
    for (const auto& rule : policy->rules) print(lifecycle::explain(rule) + "\n");
    print("The policy is valid.\n");
}

void add_policy_options(CLI::App& command, Arguments& arguments) {
    auto* positional =
        command.add_option("POLICY", arguments.policy_file, "File with the policy's JSON; - for the standard input");
    command.add_option("--policy-file", arguments.policy_file, "The same as POLICY")->excludes(positional);
    command.add_flag("--extensions", arguments.extensions,
                     "Allow what Berth adds to ECR's policies (a server does with lifecycle.extensions)");
}

void add_preview(CLI::App& lifecycle, int& exit_code) {
    auto* command = lifecycle.add_subcommand("preview", "Show what a policy would expire or archive, and why");
    const auto arguments = std::make_shared<Arguments>();
    add_policy_options(*command, *arguments);
    command
        ->add_option("--images", arguments->images_file,
                     "Output of `aws ecr describe-images`, of this or any registry; - for the standard input")
        ->required();
    command->add_option("--at", arguments->at, "When: ISO 8601 or seconds since 1970 (default: now)");
    command->add_option("--until", arguments->until, "Show each day up to this date, as if nothing else was pushed");
    command
        ->add_option("--format", arguments->format,
                     "json is shaped like GetLifecyclePolicyPreview's answer, table is for people")
        ->check(CLI::IsMember({"json", "table"}))
        ->capture_default_str();
    command->footer(
        "Example:\n"
        "  aws ecr describe-images --repository-name app > images.json\n"
        "  berth lifecycle preview --policy-file policy.json --images images.json --format table\n"
        "  berth lifecycle preview --policy-file policy.json --images images.json --until 2027-01-31 --format table\n\n"
        "The listing does not say which images an index names. Add \"childManifestDigests\": [...] to an index's "
        "entry\n"
        "to have its children held, as a registry holds them; a server's own preview knows them.\n\n"
        "Exit code: 0 shown, 1 the policy is not valid, 2 wrong usage or an unreadable listing.");
    command->callback([arguments, &exit_code] { preview(*arguments, exit_code); });
}

void add_validate(CLI::App& lifecycle, int& exit_code) {
    auto* command = lifecycle.add_subcommand("validate", "Check a policy, and say what each rule does");
    const auto arguments = std::make_shared<Arguments>();
    add_policy_options(*command, *arguments);
    command->footer(
        "Example:\n  berth lifecycle validate policy.json\n\n"
        "What is wrong is said in ECR's words, with the place in the policy as a JSON pointer.\n"
        "Exit code: 0 valid, 1 not valid, 2 wrong usage.");
    command->callback([arguments, &exit_code] { validate(*arguments, exit_code); });
}

}  // namespace

void add_lifecycle_command(CLI::App& program, int& exit_code) {
    auto* command = program.add_subcommand("lifecycle", "Try lifecycle policies without a server");
    command->require_subcommand(1);
    add_preview(*command, exit_code);
    add_validate(*command, exit_code);
}

}  // namespace berth::app
