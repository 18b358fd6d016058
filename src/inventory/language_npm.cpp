#include "inventory/language_npm.hpp"

#include "inventory/language_json.hpp"
#include "inventory/language_text.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace berth::inventory {

namespace {

namespace json = boost::json;

constexpr std::string_view modules = "node_modules";

// Takes the last component off a path.
std::string_view take_last(std::string_view& path) {
    const auto slash = path.rfind('/');
    const auto last = path.substr(slash == std::string_view::npos ? 0 : slash + 1);
    path = path.substr(0, slash == std::string_view::npos ? 0 : slash);
    return last;
}

bool is_for_tests(std::string_view folder) {
    constexpr std::array<std::string_view, 12> names = {"test",     "tests",    "__tests__", "testdata",
                                                        "fixture",  "fixtures", "spec",      "__fixtures__",
                                                        "examples", "example",  "demo",      "benchmark"};
    return std::ranges::find(names, folder) != names.end();
}

// Between two node_modules lies the package that owns the second: its name, perhaps with a scope, and folders of its
// own, which may be test data. The name itself may well be "test".
bool lies_in_test_data(std::string_view path) {
    auto first = path.find("node_modules/");
    while (first != std::string_view::npos) {
        auto inside = path.substr(first + modules.size() + 1);
        const auto next = inside.find("/node_modules/");
        if (next == std::string_view::npos) return false;
        auto between = inside.substr(0, next);
        const auto owner = take_until(between, '/');
        if (owner.starts_with('@')) (void)take_until(between, '/');
        while (!between.empty()) {
            if (is_for_tests(take_until(between, '/'))) return true;
        }
        first += modules.size() + 1 + next + 1;
    }
    return false;
}

// The name of a package from its place: what follows the last node_modules.
std::string_view name_from_path(std::string_view path) {
    const auto at = path.rfind("node_modules/");
    return at == std::string_view::npos ? std::string_view{} : path.substr(at + modules.size() + 1);
}

void add_locked(std::vector<Package>& packages, std::string_view name, const json::object& entry) {
    // Linked folders and local files are parts of the tree itself.
    if (is_true(entry, "dev") || is_true(entry, "link") || is_true(entry, "extraneous")) return;
    auto version = text_member(entry, "version");
    if (version.starts_with("npm:")) {
        // lockfileVersion 1, an alias: npm:NAME@VERSION
        const auto at = version.rfind('@');
        if (at == std::string_view::npos || at <= 4) return;
        name = version.substr(4, at - 4);
        version = version.substr(at + 1);
    }
    if (version.find_first_of(":/") != std::string_view::npos) return;
    if (auto* package = add_package(packages, PackageType::npm, name, version)) package->licences = licences_of(entry);
}

// lockfileVersion 2 and 3: every place in the tree with what lies there; "" is the project.
void read_places(std::vector<Package>& packages, const json::object& places) {
    for (const auto& [key, value] : places) {
        const auto* entry = value.if_object();
        const auto from_path = name_from_path({key.data(), key.size()});
        if (entry == nullptr || from_path.empty()) continue;
        const auto name = text_member(*entry, "name");
        add_locked(packages, name.empty() ? from_path : name, *entry);
    }
}

// lockfileVersion 1; as deep as the parser let the tree be.
void read_dependencies(std::vector<Package>& packages, const json::object& dependencies) {
    for (const auto& [key, value] : dependencies) {
        const auto* entry = value.if_object();
        if (entry == nullptr) continue;
        add_locked(packages, {key.data(), key.size()}, *entry);
        if (const auto* nested = object_member(*entry, "dependencies")) read_dependencies(packages, *nested);
    }
}

}  // namespace

bool is_npm_package(const FileInfo& file) {
    auto path = file.path;
    if (take_last(path) != "package.json") return false;
    const auto name = take_last(path);
    if (name.empty() || name.starts_with('@') || name.starts_with('.')) return false;
    auto parent = take_last(path);
    if (parent.starts_with('@')) parent = take_last(path);
    return parent == modules && !lies_in_test_data(file.path);
}

Result<std::vector<Package>> read_npm_package(const FileContent& content) {
    auto parsed = parse_json_file(content.text());
    if (!parsed) return fail(std::move(parsed));
    const auto* object = parsed->if_object();
    if (object == nullptr) return unreadable("package.json is no object");
    std::vector<Package> packages;
    auto* package =
        add_package(packages, PackageType::npm, text_member(*object, "name"), text_member(*object, "version"));
    if (package != nullptr) package->licences = licences_of(*object);
    return packages;
}

bool is_npm_lock(const FileInfo& file) {
    if (file.name() != "package-lock.json" && file.name() != "npm-shrinkwrap.json") return false;
    // Inside node_modules a lock says what a package's author had, not what lies there.
    return !file.path.starts_with("node_modules/") && !file.path.contains("/node_modules/");
}

Result<std::vector<Package>> read_npm_lock(const FileContent& content) {
    auto parsed = parse_json_file(content.text());
    if (!parsed) return fail(std::move(parsed));
    const auto* object = parsed->if_object();
    if (object == nullptr) return unreadable("the lock file is no object");
    std::vector<Package> packages;
    if (const auto* places = object_member(*object, "packages")) {
        read_places(packages, *places);
    } else if (const auto* dependencies = object_member(*object, "dependencies")) {
        read_dependencies(packages, *dependencies);
    }
    return packages;
}

}  // namespace berth::inventory
