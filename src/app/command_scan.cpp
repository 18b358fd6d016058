// berth scan [--db DIR] TARGET: what is known to be wrong with an image, by hand and in pipelines.
//
// Exit codes: 0 done, 1 could not be scanned, 2 wrong usage, 3 a finding of --fail-on, 4 a system that nobody speaks
// for (so that no findings must not pass for safety).
#include "api/aws/scan_report.hpp"
#include "app/command_vulndb.hpp"
#include "app/commands.hpp"
#include "app/progress_bar.hpp"
#include "app/scan_target.hpp"
#include "app/usage_error.hpp"
#include "app/version.hpp"
#include "base/clock.hpp"
#include "inventory/inventory_of.hpp"
#include "sbom/document.hpp"
#include "scan/filter.hpp"
#include "scan/match.hpp"
#include "scan/report.hpp"
#include "scan/report_text.hpp"
#include "scan/severity.hpp"
#include "scan/suppression.hpp"
#include "scan/vex.hpp"
#include "vulndb/import.hpp"
#include "vulndb/sqlite_database.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace berth::app {

namespace {

namespace json = boost::json;

constexpr int failed = 1;
constexpr int gate_closed = 3;
constexpr int nobody_speaks = 4;

struct Arguments {
    TargetArguments target;
    std::string folder;
    std::string format = "table";
    bool enhanced = false;
    bool os_only = false;
    std::vector<std::string> severities;
    bool ignore_unfixed = false;
    std::vector<std::string> ignore_files;
    std::vector<std::string> vex_files;
    std::string fail_on;
    bool show_suppressed = false;
};

// Everything that is read before the image is.
struct Plan {
    std::unique_ptr<vulndb::SqliteDatabase> database;
    scan::Options options;
    std::vector<scan::SuppressionRule> rules;
    std::vector<scan::VexDocument> vex;
    std::vector<scan::Severity> severities;
    std::optional<scan::Severity> fail_on;
    Timestamp now;
};

scan::Severity severity_of(const std::string& word) {
    const auto severity = scan::parse_severity(word);
    if (!severity) {
        throw UsageError("'" + word +
                         "' is no severity; there are CRITICAL, HIGH, MEDIUM, LOW, INFORMATIONAL and "
                         "UNDEFINED");
    }
    return *severity;
}

// The basic form of JSON has no place for packages of languages, so it is made of a basic scan, as ECR makes it.
scan::Depth depth_of(const Arguments& arguments) {
    const bool basic = arguments.os_only || (arguments.format == "json" && !arguments.enhanced);
    return basic ? scan::Depth::basic : scan::Depth::enhanced;
}

Plan plan_of(const Arguments& arguments) {
    Plan plan;
    plan.now = SystemClock().now();
    plan.options = {.depth = depth_of(arguments), .rank_kernel_headers_last = false, .now = plan.now};
    for (const auto& word : arguments.severities) plan.severities.push_back(severity_of(word));
    if (!arguments.fail_on.empty()) plan.fail_on = severity_of(arguments.fail_on);
    for (const auto& file : arguments.ignore_files) {
        auto rules = scan::parse_ignore_file(read_document(file));
        if (!rules) throw UsageError(file + ": " + rules.error().message);
        plan.rules.insert(plan.rules.end(), rules->begin(), rules->end());
    }
    for (const auto& file : arguments.vex_files) {
        auto document = scan::parse_vex(read_document(file));
        if (!document) throw UsageError(file + ": " + document.error().message);
        plan.vex.push_back(std::move(*document));
    }
    auto database = vulndb::SqliteDatabase::open(vulndb::database_file(arguments.folder));
    if (!database) throw std::runtime_error(database.error().message);
    plan.database = std::move(*database);
    return plan;
}

// Where findings go, image after image.
class Output {
public:
    explicit Output(const Arguments& arguments) : arguments_(arguments) {}

    void add(const scan::Findings& findings, const inventory::ImageSource& image, Timestamp now) {
        if (arguments_.format == "table") return add_table(findings, image);
        if (arguments_.format == "sarif") return add_sarif(findings, image);
        add_json(findings, image, now);
        // The forms of JSON have room for the first of them only.
        for (const auto& note : findings.notes) {
            std::fprintf(stderr, "berth: note: %s\n", scan::printable(note).c_str());
        }
    }

    // SARIF is one document, whatever it is about.
    void finish() {
        if (arguments_.format != "sarif" || log_.empty()) return;
        log_["runs"] = std::move(runs_);
        print(json::serialize(log_) + '\n');
    }

private:
    static void print(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }

    void add_table(const scan::Findings& findings, const inventory::ImageSource& image) {
        std::string head = arguments_.target.target;
        const char* separator = ": ";
        const auto add = [&](const std::string& fact) {
            if (fact.empty()) return;
            head += separator + fact;
            separator = ", ";
        };
        add(to_text(image.platform()));
        if (const auto& system = findings.distribution) {
            add(system->name.empty() ? system->id + ' ' + system->version_id : system->name);
        }
        constexpr std::size_t date = 10;
        if (const auto newest = findings.database.newest_record_at) {
            add("advisories up to " + sbom::iso_time(*newest).substr(0, date));
        }
        scan::TableOptions options;
        if (arguments_.show_suppressed) options.suppressed = scan::Suppressed::show;
        print((first_ ? "" : "\n") + scan::printable(head) + "\n\n" + scan::to_table(findings, options));
        first_ = false;
    }

    void add_json(const scan::Findings& findings, const inventory::ImageSource& image, Timestamp now) {
        api::aws::FindingImage shown;
        shown.name = arguments_.target.target;
        if (image.name().starts_with("sha256:")) shown.digest = image.name();
        for (const auto& layer : image.layers()) shown.layers.push_back(layer.digest);
        shown.platform = image.platform();
        shown.last_observed_at = now;
        const auto form = arguments_.enhanced ? api::aws::FindingsForm::enhanced : api::aws::FindingsForm::basic;
        print(api::aws::to_json(api::aws::to_wire(findings, shown, form, now)) + '\n');
    }

    // An index may have several images of one platform, as Windows' versions are.
    std::string run_id(const inventory::ImageSource& image) {
        auto id = "berth/" + arguments_.target.target + '/';
        const auto platform = to_text(image.platform());
        if (!platform.empty()) id += platform + '/';
        if (!run_ids_.insert(id).second) id += image.name() + '/';
        return id;
    }

    void add_sarif(const scan::Findings& findings, const inventory::ImageSource& image) {
        const scan::SarifRun about{.image = arguments_.target.target, .id = run_id(image)};
        auto one = json::parse(scan::to_sarif(findings, about, version));
        auto& log = one.as_object();
        for (auto& run : log.at("runs").as_array()) runs_.push_back(std::move(run));
        log_ = std::move(log);
    }

    const Arguments& arguments_;
    json::object log_;
    json::array runs_;
    std::set<std::string> run_ids_;
    bool first_ = true;
};

class Scan {
public:
    Scan(const Arguments& arguments, const Plan& plan, const Target& target)
        : arguments_(arguments), plan_(plan), target_(target), output_(arguments) {}

    int run() {
        for (const auto& image : target_.images) scan_one(*image);
        output_.finish();
        // What could not be told comes before what was told.
        return broken_ ? failed : unsupported_ ? nobody_speaks : bad_ ? gate_closed : 0;
    }

private:
    void scan_one(inventory::ImageSource& image) {
        const auto watched = with_progress(image, bar_);
        const auto inventory = inventory::inventory_of(*watched, limits_by_hand(), nullptr);
        bar_.clear();
        if (!inventory) return say_broken(inventory.error().message);
        auto findings = scan::match(*inventory, *plan_.database, plan_.options);
        if (findings.unreadable) return say_broken(findings.reason);
        set_aside(image, findings);
        if (arguments_.ignore_unfixed) scan::drop_unfixed(findings);
        // The gate looks at all severities, whichever are shown.
        bad_ = bad_ || (plan_.fail_on && scan::reaches(findings, *plan_.fail_on));
        unsupported_ = unsupported_ || findings.outcome != scan::Outcome::complete;
        if (!plan_.severities.empty()) scan::keep_severities(plan_.severities, findings);
        output_.add(findings, image, plan_.now);
    }

    void say_broken(const std::string& why) {
        std::fprintf(stderr, "berth: %s: %s\n", arguments_.target.target.c_str(), scan::printable(why).c_str());
        broken_ = true;
    }

    void set_aside(const inventory::ImageSource& image, scan::Findings& findings) const {
        scan::ImageContext context{.repository = {}, .tags = {}, .now = plan_.now};
        if (target_.reference) {
            context.repository = target_.reference->repository;
            if (!target_.reference->tag.empty()) context.tags = {target_.reference->tag};
        }
        scan::apply_rules(plan_.rules, context, findings);
        scan::apply_vex(plan_.vex, {.digest = image.name(), .repository = context.repository}, findings);
    }

    const Arguments& arguments_;
    const Plan& plan_;
    const Target& target_;
    Output output_;
    ProgressBar bar_;
    bool broken_ = false;
    bool unsupported_ = false;
    bool bad_ = false;
};

int run(const Arguments& arguments) {
    const auto plan = plan_of(arguments);
    const auto target = open_target(arguments.target);
    if (!target) {
        std::fprintf(stderr, "berth: %s\n", scan::printable(target.error().message).c_str());
        return failed;
    }
    return Scan(arguments, plan, *target).run();
}

void add_options(CLI::App& command, Arguments& arguments) {
    add_database_option(command, arguments.folder);
    command
        .add_option("--format", arguments.format,
                    "How to print; json is what DescribeImageScanFindings answers, a line for each image")
        ->check(CLI::IsMember({"table", "json", "sarif"}))
        ->capture_default_str();
    command.add_flag("--enhanced", arguments.enhanced, "JSON in its second form, with packages of languages");
    command.add_flag("--os-only", arguments.os_only, "Leave packages of languages out, as a basic scan does");
    command.add_option("--severity", arguments.severities, "Show only these, separated by commas")
        ->delimiter(',')
        ->allow_extra_args(false);
    command.add_flag("--ignore-unfixed", arguments.ignore_unfixed, "Leave out what no fix is there for");
    command
        .add_option("--ignore-file", arguments.ignore_files,
                    "Rules that set findings aside: lines of 'CVE-... [package=...] [until=YYYY-MM-DD] # reason', or "
                    "JSON")
        ->check(CLI::ExistingFile)
        ->allow_extra_args(false);
    command
        .add_option("--vex", arguments.vex_files,
                    "OpenVEX, CycloneDX or CSAF document that says what does not affect the image")
        ->check(CLI::ExistingFile)
        ->allow_extra_args(false);
    command.add_flag("--show-suppressed", arguments.show_suppressed, "Show in the table what was set aside, and why");
    command.add_option("--fail-on", arguments.fail_on, "Exit with 3 when there is a finding of this severity or worse");
}

}  // namespace

void add_scan_command(CLI::App& program, int& exit_code) {
    auto* command = program.add_subcommand("scan", "Find known vulnerabilities of an image, wherever it is kept");
    command->footer(
        "Exit codes: 0 done, 1 the image could not be scanned, 2 wrong usage, 3 a finding of --fail-on or worse,\n"
        "4 nobody publishes for the image's system, so that no findings means nothing.");
    const auto arguments = std::make_shared<Arguments>();
    add_target_options(*command, arguments->target);
    add_options(*command, *arguments);
    command->callback([arguments, &exit_code] { exit_code = run(*arguments); });
}

}  // namespace berth::app
