// berth vulndb import [--db DIR] [NAME=]FILE...: feeds into the database.
#include "app/command_vulndb.hpp"
#include "app/vulndb_report.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace berth::app {

namespace {

struct Arguments {
    std::string folder;
    std::vector<std::string> files;
};

bool is_feed_name(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
               c == '-';
    });
}

// "NAME=FILE", unless a file is called so.
vulndb::FeedFile parse_file(const std::string& text) {
    const auto equals = text.find('=');
    if (equals == std::string::npos || std::filesystem::exists(text) || !is_feed_name(text.substr(0, equals)))
        return {.file = text, .name = {}};
    return {.file = text.substr(equals + 1), .name = text.substr(0, equals)};
}

}  // namespace

void add_vulndb_import_command(CLI::App& vulndb, int& exit_code) {
    auto* command = vulndb.add_subcommand(
        "import",
        "Import vulnerability feeds from files: OSV (JSON, lines, zip), the Debian tracker, Alpine secdb, Ubuntu's "
        "tracker, updateinfo.xml, CSAF VEX, KEV, EPSS, NVD, or a bundle of `berth vulndb export`; plain, gzip, xz or "
        "zstd. What a file is, its content tells. A feed replaces the one of the same name; others stay.");
    const auto arguments = std::make_shared<Arguments>();
    add_database_option(*command, arguments->folder);
    command
        ->add_option("files", arguments->files,
                     "[NAME=]FILE; the name is that of the file without its endings, or of its folder for an all.zip")
        ->required();
    command->callback([arguments, &exit_code] {
        std::vector<vulndb::FeedFile> files;
        for (const auto& text : arguments->files) files.push_back(parse_file(text));
        exit_code = import_and_report(arguments->folder, files, Broken::fails) ? 0 : 1;
    });
}

}  // namespace berth::app
