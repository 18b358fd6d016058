#include "inventory/root_paths.hpp"

#include "inventory/lines.hpp"

namespace berth::inventory {
namespace {

// As Linux does it (path_resolution(7)).
constexpr int max_links_followed = 40;
constexpr std::size_t max_path_bytes = 4096;

void go_up(std::string& path) {
    const auto slash = path.rfind('/');
    path.resize(slash == std::string::npos ? 0 : slash);
}

}  // namespace

void RootPaths::link(std::string path, std::string target) {
    links_.insert_or_assign(std::move(path), std::move(target));
}

void RootPaths::unlink(std::string_view path) {
    if (const auto found = links_.find(path); found != links_.end()) links_.erase(found);
}

std::string RootPaths::resolve(std::string_view path) const {
    std::string done;
    std::string rest(path);
    int followed = 0;
    while (!rest.empty()) {
        std::string_view view = rest;
        const std::string part(take_until(view, '/'));
        rest.erase(0, rest.size() - view.size());
        if (part.empty() || part == ".") continue;
        if (part == "..") {
            go_up(done);
            continue;
        }
        const auto before = done.size();
        if (!done.empty()) done += '/';
        done += part;
        const auto link = links_.find(done);
        if (link == links_.end() || followed == max_links_followed ||
            rest.size() + link->second.size() > max_path_bytes) {
            continue;
        }
        ++followed;
        done.resize(link->second.starts_with('/') ? 0 : before);
        rest.insert(0, link->second + '/');
    }
    return done;
}

std::string RootPaths::resolve_folder(std::string_view path) const {
    const auto slash = path.rfind('/');
    if (slash == std::string_view::npos) return std::string(path);
    auto folder = resolve(path.substr(0, slash));
    if (!folder.empty()) folder += '/';
    return folder += path.substr(slash + 1);
}

}  // namespace berth::inventory
