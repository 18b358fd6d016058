#include "inventory/file_facts.hpp"

#include "archive/path.hpp"
#include "inventory/file_reader.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace berth::inventory {
namespace {

using std::string_view_literals::operator""sv;

// Where programs lie; those are read whatever their name.
constexpr std::array program_folders = {"bin/"sv, "sbin/"sv, "libexec/"sv, "games/"sv};
// What is never a program nor a manifest of packages. (Documentation is most of what packages bring.)
constexpr std::array plain_folders = {"usr/share/doc/"sv, "usr/share/man/"sv, "usr/share/locale/"sv,
                                      "usr/share/zoneinfo/"sv};

std::size_t weight_of(const std::vector<std::string>& texts) {
    std::size_t weight = texts.size() * sizeof(std::string);
    for (const auto& text : texts) weight += text.size();
    return weight;
}

}  // namespace

std::size_t weight_of(const FileFacts& facts) {
    std::size_t weight = sizeof facts + facts.packages.size() * sizeof(Package) + weight_of(facts.problems);
    for (const auto& p : facts.packages) {
        for (const auto* text :
             {&p.name, &p.version, &p.source_name, &p.source_version, &p.arch, &p.module_label, &p.vendor, &p.path}) {
            weight += text->size();
        }
        weight += weight_of(p.licences);
    }
    for (const auto& owned : facts.owned) weight += sizeof owned + owned.package.size() + weight_of(owned.paths);
    return weight;
}

bool may_hold_language_package(std::string_view path) {
    if (std::ranges::any_of(plain_folders, [&](auto folder) { return path.starts_with(folder); })) return false;
    if (std::ranges::any_of(program_folders, [&](auto folder) {
            const auto at = path.find(folder);
            return at == 0 || (at != std::string_view::npos && path[at - 1] == '/');
        })) {
        return true;
    }
    // A name that a reader wants, be it as a program or as a plain file.
    const FileInfo plain{.path = path, .size = 1, .mode = 0644};
    const FileInfo program{.path = path, .size = 1, .mode = 0755};
    const auto name = plain.name();
    const bool could_be_program = name.find('.') == std::string_view::npos || path.starts_with("opt/");
    return std::ranges::any_of(language_readers(), [&](const FileReader& reader) {
        return reader.wants(plain) || (could_be_program && reader.wants(program));
    });
}

std::unexpected<Fault> too_many_packages() {
    return fail(FaultKind::too_large,
                "lists more than the " + std::to_string(max_packages_of_file) + " packages allowed");
}

void note(FileFacts& facts, std::string_view problem) {
    if (facts.problems.size() < max_problems_of_file) facts.problems.emplace_back(problem);
}

void OwnedFilesOfDatabase::add(std::string_view package, std::string_view folder, std::string_view name) {
    const auto size = folder.size() + name.size() + 1;
    if (exhausted_ || name.empty() || size > max_word_bytes) return;
    if (work_left_ < size) {
        exhausted_ = true;
        return;
    }
    work_left_ -= size;
    auto path = archive::normal_path(std::string(folder) + '/' + std::string(name));
    if (!path || !may_hold_language_package(*path)) return;
    const auto kept = path->size() + sizeof(std::string);
    if (kept_left_ < kept) {
        exhausted_ = true;
        return;
    }
    kept_left_ -= kept;
    if (owned_.empty() || owned_.back().package != package) {
        owned_.push_back({.package = std::string(package), .paths = {}});
    }
    owned_.back().paths.push_back(std::move(*path));
}

void OwnedFilesOfDatabase::move_to(FileFacts& facts) {
    facts.owned.insert(facts.owned.end(), std::make_move_iterator(owned_.begin()),
                       std::make_move_iterator(owned_.end()));
    owned_.clear();
    if (exhausted_) facts.problems.emplace_back("it names more files than are looked at");
}

}  // namespace berth::inventory
