// Symlinks of an image, followed inside the image: never on the machine that scans.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace berth::inventory {

class RootPaths {
public:
    // Both paths in normal form; `target` as written in the link.
    void link(std::string path, std::string target);
    void unlink(std::string_view path);
    [[nodiscard]] const std::map<std::string, std::string, std::less<>>& links() const { return links_; }

    // Where `path` really lies. Cyclic links lead nowhere: the path comes back as far as it was followed.
    [[nodiscard]] std::string resolve(std::string_view path) const;
    // The same, but a link at the end is not followed.
    [[nodiscard]] std::string resolve_folder(std::string_view path) const;

private:
    std::map<std::string, std::string, std::less<>> links_;
};

}  // namespace berth::inventory
