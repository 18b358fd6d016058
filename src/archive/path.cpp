#include "archive/path.hpp"

#include <algorithm>

namespace berth::archive {

std::optional<std::string> normal_path(std::string_view name) {
    if (name.find('\0') != std::string_view::npos) return std::nullopt;
    std::string path;
    path.reserve(name.size());
    while (!name.empty()) {
        const auto slash = std::min(name.find('/'), name.size());
        const auto part = name.substr(0, slash);
        name.remove_prefix(std::min(slash + 1, name.size()));
        if (part.empty() || part == ".") continue;
        if (part == "..") {
            if (path.empty()) return std::nullopt;
            const auto parent = path.rfind('/');
            path.resize(parent == std::string::npos ? 0 : parent);
            continue;
        }
        if (!path.empty()) path += '/';
        path += part;
    }
    return path;
}

Result<void> check_path(std::string_view path, const Limits& limits) {
    if (path.size() > limits.path_bytes) {
        return fail(FaultKind::too_large,
                    "a path is longer than the " + std::to_string(limits.path_bytes) + " bytes allowed");
    }
    if (static_cast<std::size_t>(std::ranges::count(path, '/')) >= limits.path_depth) {
        return fail(FaultKind::too_large,
                    "a path is deeper than the " + std::to_string(limits.path_depth) + " folders allowed");
    }
    return {};
}

}  // namespace berth::archive
