// berth sbom TARGET --format cyclonedx|spdx [--output FILE]: what an image is made of, for other tools.
#include "app/commands.hpp"
#include "app/progress_bar.hpp"
#include "app/scan_target.hpp"
#include "app/usage_error.hpp"
#include "app/version.hpp"
#include "base/clock.hpp"
#include "inventory/inventory_of.hpp"
#include "sbom/cyclonedx.hpp"
#include "sbom/spdx.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <memory>
#include <string>

namespace berth::app {

namespace {

constexpr int failed = 1;

struct Arguments {
    TargetArguments target;
    std::string format = "cyclonedx";
    std::string output;
};

sbom::Subject subject_of(const Arguments& arguments, const Target& target, const inventory::ImageSource& image) {
    sbom::Subject subject;
    subject.name = target.reference ? target.reference->name() : arguments.target.target;
    if (target.reference) subject.tag = target.reference->tag;
    if (image.name().starts_with("sha256:")) {
        subject.digest = image.name();
        for (const auto& layer : image.layers()) subject.layers.push_back(layer.digest);
    }
    subject.created_at = SystemClock().now().time_since_epoch().count();
    subject.tool_version = version;
    return subject;
}

void write(const std::string& text, const std::string& file) {
    const bool to_file = !file.empty() && file != "-";
    std::FILE* out = to_file ? std::fopen(file.c_str(), "wbe") : stdout;
    if (out == nullptr) throw UsageError("cannot write " + file);
    const bool whole = std::fwrite(text.data(), 1, text.size(), out) == text.size();
    const bool flushed = (to_file ? std::fclose(out) : std::fflush(out)) == 0;
    if (!whole || !flushed) throw std::runtime_error("cannot write the bill of materials");
}

int complain(const Arguments& arguments, const Fault& fault) {
    std::fprintf(stderr, "berth: %s: %s\n", arguments.target.target.c_str(), sbom::clean(fault.message).c_str());
    return failed;
}

int run(const Arguments& arguments) {
    const auto target = open_target(arguments.target);
    if (!target) return complain(arguments, target.error());
    if (target->images.size() > 1) {
        std::string platforms;
        for (const auto& image : target->images) platforms += ' ' + to_text(image->platform());
        throw UsageError("a bill of materials is of one image; choose one with --platform:" + platforms);
    }
    ProgressBar bar;
    auto& image = *target->images.front();
    const auto inventory = inventory::inventory_of(*with_progress(image, bar), limits_by_hand(), nullptr);
    bar.clear();
    if (!inventory) return complain(arguments, inventory.error());
    for (const auto& problem : inventory->problems) {
        std::fprintf(stderr, "berth: note: %s\n", sbom::clean(problem).c_str());
    }
    const auto subject = subject_of(arguments, *target, image);
    const bool spdx = arguments.format == "spdx";
    write((spdx ? sbom::to_spdx(*inventory, subject) : sbom::to_cyclonedx(*inventory, subject)) + '\n',
          arguments.output);
    return 0;
}

}  // namespace

void add_sbom_command(CLI::App& program, int& exit_code) {
    auto* command = program.add_subcommand("sbom", "Write the bill of materials of an image");
    const auto arguments = std::make_shared<Arguments>();
    add_target_options(*command, arguments->target);
    command->add_option("--format", arguments->format, "CycloneDX 1.5 or SPDX 2.3, as JSON")
        ->check(CLI::IsMember({"cyclonedx", "spdx"}))
        ->capture_default_str();
    command->add_option("--output,-o", arguments->output, "File to write (default: standard output)");
    command->callback([arguments, &exit_code] { exit_code = run(*arguments); });
}

}  // namespace berth::app
