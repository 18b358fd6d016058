#include "inventory/system_files.hpp"

#include "inventory/apk.hpp"
#include "inventory/dpkg.hpp"
#include "inventory/os_release.hpp"
#include "inventory/rpm_databases.hpp"

#include <algorithm>
#include <array>

namespace berth::inventory {
namespace {

constexpr std::uint64_t max_small_file = std::uint64_t{64} << 10;

// `path` is `known`, at the root or below some folder.
bool at_root_or_below(std::string_view path, std::string_view known) {
    return path.ends_with(known) && (path.size() == known.size() || path[path.size() - known.size() - 1] == '/');
}

std::string_view folder_of(std::string_view path) {
    const auto slash = path.rfind('/');
    return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}
std::string_view name_of(std::string_view path) {
    return path.substr(path.rfind('/') + 1);
}

constexpr std::array<std::string_view, 3> rpm_folders = {"var/lib/rpm", "usr/lib/sysimage/rpm", "usr/share/rpm"};

bool in_rpm_folder(std::string_view path, std::string_view name) {
    return name_of(path) == name &&
           std::ranges::any_of(rpm_folders, [&](auto folder) { return at_root_or_below(folder_of(path), folder); });
}

bool is_dpkg_status_d(std::string_view path) {
    return at_root_or_below(folder_of(path), "var/lib/dpkg/status.d");
}

template <std::optional<Distribution> (*parse)(std::string_view)>
Result<FileFacts> distribution(const FileContent& content) {
    FileFacts facts;
    facts.distribution = parse(content.text());
    return facts;
}

// One row a kind of file; a path belongs to the first that takes it.
constexpr std::array files = {
    // Some keep the real file elsewhere (nix/store/...-os-release) behind links, so the name alone decides.
    SystemFile{"os-release", [](std::string_view p) { return name_of(p).find("os-release") != p.npos; }, max_small_file,
               distribution<parse_os_release>},
    SystemFile{"alpine-release", [](std::string_view p) { return p == "etc/alpine-release"; }, max_small_file,
               distribution<parse_alpine_release>},
    SystemFile{"debian_version", [](std::string_view p) { return p == "etc/debian_version"; }, max_small_file,
               distribution<parse_debian_version>},
    SystemFile{"redhat-release",
               [](std::string_view p) { return p == "etc/redhat-release" || p == "etc/centos-release"; },
               max_small_file, distribution<parse_redhat_release>},
    SystemFile{"lsb-release", [](std::string_view p) { return p == "etc/lsb-release"; }, max_small_file,
               distribution<parse_lsb_release>},
    SystemFile{"apk repositories", [](std::string_view p) { return p == apk_repositories_file; }, max_small_file,
               distribution<parse_apk_repositories>},
    SystemFile{"dpkg status", [](std::string_view p) { return at_root_or_below(p, "var/lib/dpkg/status"); },
               max_database_bytes, [](const FileContent& c) { return parse_dpkg_status(c.text()); }, true},
    SystemFile{"dpkg status.d sums", [](std::string_view p) { return is_dpkg_status_d(p) && p.ends_with(".md5sums"); },
               max_database_bytes,
               [](const FileContent& c) -> Result<FileFacts> { return parse_dpkg_md5sums(c.file.name(), c.text()); }},
    SystemFile{"dpkg status.d", [](std::string_view p) { return is_dpkg_status_d(p); }, max_database_bytes,
               [](const FileContent& c) { return parse_dpkg_status_d(c.text()); }, true},
    SystemFile{
        "dpkg list",
        [](std::string_view p) { return p.ends_with(".list") && at_root_or_below(folder_of(p), "var/lib/dpkg/info"); },
        max_database_bytes,
        [](const FileContent& c) -> Result<FileFacts> { return parse_dpkg_list(c.file.name(), c.text()); }},
    SystemFile{"apk", [](std::string_view p) { return at_root_or_below(p, "lib/apk/db/installed"); },
               max_database_bytes, [](const FileContent& c) { return parse_apk_installed(c.text()); }, true},
    SystemFile{"rpm ndb", [](std::string_view p) { return in_rpm_folder(p, "Packages.db"); }, max_database_bytes,
               [](const FileContent& c) {
                   return rpm_facts(c.bytes.size(), [&](const auto& sink) { return read_rpm_ndb(c.bytes, sink); });
               },
               true},
    SystemFile{"rpm Berkeley DB", [](std::string_view p) { return in_rpm_folder(p, "Packages"); }, max_database_bytes,
               [](const FileContent& c) {
                   return rpm_facts(c.bytes.size(), [&](const auto& sink) { return read_rpm_berkeley(c.bytes, sink); });
               },
               true},
    SystemFile{"rpm manifest",
               [](std::string_view p) { return at_root_or_below(p, "var/lib/rpmmanifest/container-manifest-2"); },
               max_database_bytes, [](const FileContent& c) { return parse_rpm_manifest(c.text()); }, true},
};

// What a link on the way to may lead elsewhere.
constexpr std::array<std::string_view, 14> known_paths = {
    "etc/os-release",          "usr/lib/os-release",   "etc/alpine-release",       "etc/debian_version",
    "etc/redhat-release",      "etc/centos-release",   "etc/lsb-release",          "var/lib/dpkg/status",
    "var/lib/dpkg/status.d/x", "lib/apk/db/installed", "usr/lib/apk/db/installed", "var/lib/rpm/x",
    "usr/lib/sysimage/rpm/x",  "usr/share/rpm/x",
};

// In the order in which they are believed.
constexpr std::array<std::string_view, 7> distributions = {
    "etc/os-release",     "usr/lib/os-release", "etc/alpine-release", "etc/lsb-release",
    "etc/debian_version", "etc/redhat-release", "etc/centos-release",
};

constexpr std::array<std::string_view, 5> database_folders = {
    "var/lib/dpkg/", "lib/apk/db/", "var/lib/rpm", "usr/lib/sysimage/rpm/", "usr/share/rpm/",
};

}  // namespace

const SystemFile* system_file(std::string_view path) {
    const auto* found = std::ranges::find_if(files, [&](const SystemFile& file) { return file.is(path); });
    return found == files.end() ? nullptr : found;
}

bool is_rpm_sqlite(std::string_view path) {
    return in_rpm_folder(path, "rpmdb.sqlite");
}
bool is_rpm_sqlite_log(std::string_view path) {
    return in_rpm_folder(path, "rpmdb.sqlite-wal");
}

bool is_package_database(std::string_view path) {
    const auto* file = system_file(path);
    return file != nullptr ? file->lists_packages : is_rpm_sqlite(path) || is_rpm_sqlite_log(path);
}

bool is_way_to_system_file(std::string_view path) {
    if (path.find('/') == std::string_view::npos) return true;
    if (name_of(path).find("os-release") != std::string_view::npos) return true;
    return std::ranges::any_of(known_paths, [&](std::string_view known) {
        return known.starts_with(path) && (known.size() == path.size() || known[path.size()] == '/');
    });
}

std::string_view root_of_database(std::string_view path) {
    for (const auto folder : database_folders) {
        auto at = path.find(folder);
        if (at == std::string_view::npos || (at > 0 && path[at - 1] != '/')) continue;
        // usr/lib/apk/db belongs to the root above usr.
        if (folder == "lib/apk/db/" && path.substr(0, at).ends_with("usr/")) at -= 4;
        return path.substr(0, at);
    }
    return {};
}

std::span<const std::string_view> distribution_files() {
    return distributions;
}

}  // namespace berth::inventory
