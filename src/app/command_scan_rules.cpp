// berth scan-rules list|put|delete: the rules of a running server that set findings aside.
#include "app/commands.hpp"
#include "app/remote.hpp"
#include "app/usage_error.hpp"
#include "scan/suppression.hpp"

#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

namespace berth::app {

namespace {

namespace json = boost::json;

struct Arguments {
    RemoteArguments remote;
    std::string name;
    std::string vulnerability;
    std::string package;
    std::string repository;
    std::vector<std::string> tags;
    std::string reason;
    std::string until;
};

// As JSON, a rule a line: for people and for tools alike.
void list_rules(const Arguments& arguments) {
    const auto answer = Remote(arguments.remote).call("Berth.ListScanSuppressionRules", {});
    const auto* rules = answer.if_contains("rules");
    if (rules == nullptr || !rules->is_array()) return;
    for (const auto& rule : rules->get_array()) std::puts(json::serialize(rule).c_str());
}

void put_rule(const Arguments& arguments) {
    if (arguments.vulnerability.empty() && arguments.package.empty()) {
        throw UsageError("say which findings: --vulnerability, --package, or both");
    }
    json::object rule{{"name", arguments.name}, {"reason", arguments.reason}};
    const auto add = [&](const char* member, const std::string& pattern) {
        if (!pattern.empty()) rule[member] = pattern;
    };
    add("vulnerabilityPattern", arguments.vulnerability);
    add("packagePattern", arguments.package);
    add("repositoryPattern", arguments.repository);
    if (!arguments.tags.empty()) rule["tagPatterns"] = json::array(arguments.tags.begin(), arguments.tags.end());
    if (!arguments.until.empty()) {
        const auto end = scan::end_of_day(arguments.until);
        if (!end) throw UsageError("--until " + arguments.until + ": write a day like 2026-12-31");
        rule["until"] = std::chrono::duration_cast<std::chrono::seconds>(end->time_since_epoch()).count();
    }
    const auto answer =
        Remote(arguments.remote).call("Berth.PutScanSuppressionRule", json::object{{"rule", std::move(rule)}});
    std::puts(json::serialize(answer.at("rule")).c_str());
}

void delete_rule(const Arguments& arguments) {
    static_cast<void>(
        Remote(arguments.remote).call("Berth.DeleteScanSuppressionRule", json::object{{"ruleName", arguments.name}}));
    std::puts(("deleted " + arguments.name).c_str());
}

CLI::App* add_command(CLI::App& parent, const char* name, const char* help, Arguments& arguments) {
    auto* command = parent.add_subcommand(name, help);
    add_remote_options(*command, arguments.remote);
    return command;
}

}  // namespace

void add_scan_rules_command(CLI::App& program, int& /*exit_code*/) {
    auto* rules = program.add_subcommand("scan-rules", "Rules of a running server that set scan findings aside");
    rules->require_subcommand(1);
    const auto arguments = std::make_shared<Arguments>();

    add_command(*rules, "list", "All rules of the registry, one a line, as JSON", *arguments)->callback([arguments] {
        list_rules(*arguments);
    });

    auto* put = add_command(*rules, "put", "Add a rule, or replace the one of that name", *arguments);
    put->add_option("NAME", arguments->name, "How the rule is called")->required();
    put->add_option("--vulnerability", arguments->vulnerability, "Pattern of the finding's names, such as CVE-2024-*");
    put->add_option("--package", arguments->package, "Pattern of the package's name, or of its source's");
    put->add_option("--repository", arguments->repository, "Pattern of repository names; default: all");
    put->add_option("--tag", arguments->tags, "Pattern of image tags, any of which must fit; default: all images");
    put->add_option("--reason", arguments->reason, "Why these findings do not count; shown with them")->required();
    put->add_option("--until", arguments->until, "The last day (UTC) the rule holds, such as 2026-12-31");
    put->callback([arguments] { put_rule(*arguments); });

    auto* remove = add_command(*rules, "delete", "Delete a rule: its findings count again", *arguments);
    remove->add_option("NAME", arguments->name, "Of the rule")->required();
    remove->callback([arguments] { delete_rule(*arguments); });
}

}  // namespace berth::app
