#include "inventory/apk.hpp"

#include "inventory/lines.hpp"

#include <algorithm>

namespace berth::inventory {
namespace {

struct Record {
    std::string_view name, version, arch, origin, licence;
};

void set_field(Record& record, char key, std::string_view value) {
    switch (key) {
        case 'P':
            record.name = value;
            break;
        case 'V':
            record.version = value;
            break;
        case 'A':
            record.arch = value;
            break;
        case 'o':
            record.origin = value;
            break;
        case 'L':
            record.licence = value;
            break;
        default:
            break;
    }
}

bool plausible(const Record& record) {
    return std::ranges::max({record.name.size(), record.version.size(), record.arch.size(), record.origin.size(),
                             record.licence.size()}) <= max_word_bytes;
}

void add_package(FileFacts& facts, const Record& record) {
    if (record.name.empty() && record.version.empty()) return;
    if (record.name.empty() || record.version.empty()) {
        note(facts, "holds a package without name or version");
        return;
    }
    if (!plausible(record)) {
        note(facts, "a package whose name or version is too long to be one");
        return;
    }
    Package package{.type = PackageType::apk};
    package.name = record.name;
    package.version = record.version;
    package.source_name = record.origin.empty() ? record.name : record.origin;
    package.source_version = record.version;
    package.arch = record.arch;
    if (!record.licence.empty()) package.licences.emplace_back(record.licence);
    facts.packages.push_back(std::move(package));
}

}  // namespace

Result<FileFacts> parse_apk_installed(std::string_view text) {
    FileFacts facts;
    OwnedFilesOfDatabase owned(text.size());
    while (!text.empty()) {
        Record record;
        std::string_view folder;
        while (!text.empty()) {
            const auto line = take_line(text);
            if (line.empty()) break;
            if (line.size() < 2 || line[1] != ':') continue;
            const auto value = line.substr(2);
            if (line[0] == 'F')
                folder = value;
            else if (line[0] == 'R')
                owned.add(record.name, folder, value);
            else
                set_field(record, line[0], value);
        }
        if (facts.packages.size() == max_packages_of_file) return too_many_packages();
        add_package(facts, record);
    }
    owned.move_to(facts);
    return facts;
}

}  // namespace berth::inventory
