#include "inventory/language_dotnet.hpp"

#include "inventory/language_json.hpp"
#include "inventory/language_text.hpp"

#include <set>
#include <string>
#include <utility>

namespace berth::inventory {

namespace json = boost::json;

bool is_dotnet_dependencies(const FileInfo& file) {
    return file.path.ends_with(".deps.json");
}

Result<std::vector<Package>> read_dotnet_dependencies(const FileContent& content) {
    constexpr std::string_view pack = "runtimepack.";
    auto parsed = parse_json_file(content.text());
    if (!parsed) return fail(std::move(parsed));
    std::vector<Package> packages;
    const auto* object = parsed->if_object();
    const auto* libraries = object != nullptr ? object_member(*object, "libraries") : nullptr;
    if (libraries == nullptr) return unreadable("the dependencies list no libraries");
    for (const auto& [key, value] : *libraries) {
        const auto* library = value.if_object();
        if (library == nullptr) continue;
        std::string_view version(key.data(), key.size());
        auto name = take_until(version, '/');
        const auto type = text_member(*library, "type");
        if (type == "runtimepack" && name.starts_with(pack)) {
            name.remove_prefix(pack.size());
        } else if (type != "package") {
            continue;
        }
        add_package(packages, PackageType::nuget, name, version);
    }
    return packages;
}

bool is_nuget_lock(const FileInfo& file) {
    return file.name() == "packages.lock.json";
}

Result<std::vector<Package>> read_nuget_lock(const FileContent& content) {
    auto parsed = parse_json_file(content.text());
    if (!parsed) return fail(std::move(parsed));
    std::vector<Package> packages;
    const auto* object = parsed->if_object();
    const auto* targets = object != nullptr ? object_member(*object, "dependencies") : nullptr;
    if (targets == nullptr) return unreadable("the lock file lists no dependencies");
    std::set<std::pair<std::string_view, std::string_view>> seen;  // a package stands under each target that needs it
    for (const auto& target : *targets) {
        const auto* dependencies = target.value().if_object();
        if (dependencies == nullptr) continue;
        for (const auto& [key, value] : *dependencies) {
            const auto* entry = value.if_object();
            if (entry == nullptr || text_member(*entry, "type") == "Project") continue;
            const std::string_view name(key.data(), key.size());
            const auto version = text_member(*entry, "resolved");
            if (seen.emplace(name, version).second) add_package(packages, PackageType::nuget, name, version);
        }
    }
    return packages;
}

}  // namespace berth::inventory
