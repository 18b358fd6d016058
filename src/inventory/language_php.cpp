#include "inventory/language_php.hpp"

#include "inventory/language_json.hpp"
#include "inventory/language_text.hpp"

#include <utility>

namespace berth::inventory {

namespace {

namespace json = boost::json;

std::vector<Package> read_list(const json::array& list) {
    std::vector<Package> packages;
    for (const auto& value : list) {
        const auto* entry = value.if_object();
        if (entry == nullptr || text_member(*entry, "type") == "metapackage") continue;
        auto* package = add_package(packages, PackageType::composer, lower(text_member(*entry, "name")),
                                    text_member(*entry, "version"));
        if (package != nullptr) package->licences = licences_of(*entry);
    }
    return packages;
}

}  // namespace

bool is_composer_installed(const FileInfo& file) {
    return file.path == "composer/installed.json" || file.path.ends_with("/composer/installed.json");
}

Result<std::vector<Package>> read_composer_installed(const FileContent& content) {
    auto parsed = parse_json_file(content.text());
    if (!parsed) return fail(std::move(parsed));
    const auto* list = parsed->if_array();
    if (const auto* object = parsed->if_object()) list = array_member(*object, "packages");
    if (list == nullptr) return unreadable("installed.json lists no packages");
    return read_list(*list);
}

bool is_composer_lock(const FileInfo& file) {
    return file.name() == "composer.lock";
}

Result<std::vector<Package>> read_composer_lock(const FileContent& content) {
    auto parsed = parse_json_file(content.text());
    if (!parsed) return fail(std::move(parsed));
    const auto* object = parsed->if_object();
    const auto* list = object != nullptr ? array_member(*object, "packages") : nullptr;
    if (list == nullptr) return unreadable("the lock file lists no packages");
    return read_list(*list);
}

}  // namespace berth::inventory
