#include "inventory/layer_inventory.hpp"
#include "inventory/root_paths.hpp"
#include "inventory/system_files.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace berth::inventory {
namespace {

// Two packages with one key are the same package, wherever its record moves.
std::string key_of(const Package& package, std::string_view path) {
    std::string key(1, static_cast<char>('a' + static_cast<int>(package.type)));
    const auto place = is_operating_system(package.type) ? root_of_database(path) : path;
    for (const std::string_view part :
         {std::string_view(package.name), std::string_view(package.version), std::string_view(package.arch), place}) {
        key += part;
        key += '\0';
    }
    return key;
}

// The lowest layer that already had a package, without a break up to now.
class Origins {
public:
    void begin_layer(std::size_t layer) { layer_ = layer; }
    void add(const std::string& key) {
        const auto [at, added] = known_.try_emplace(key, Origin{.layer = layer_, .holders = 0});
        ++at->second.holders;
    }
    void remove(const std::string& key) {
        const auto at = known_.find(key);
        if (at != known_.end() && --at->second.holders == 0) loose_.push_back(key);
    }
    // What was taken away and not brought back in the same layer is gone for good.
    void end_layer() {
        for (const auto& key : loose_) {
            const auto at = known_.find(key);
            if (at != known_.end() && at->second.holders == 0) known_.erase(at);
        }
        loose_.clear();
    }
    [[nodiscard]] std::size_t layer_of(const std::string& key) const {
        const auto at = known_.find(key);
        return at == known_.end() ? layer_ : at->second.layer;
    }

private:
    struct Origin {
        std::size_t layer = 0;
        std::size_t holders = 0;
    };
    std::unordered_map<std::string, Origin> known_;
    std::vector<std::string> loose_;
    std::size_t layer_ = 0;
};

// Asks a layer whether it hides a path of a lower one, under every name the path has through links.
class Shadow {
public:
    Shadow(const LayerInventory& layer, const RootPaths& paths) : layer_(layer) {
        for (const auto& [link, target] : paths.links()) {
            auto& names = names_[PathHash::of(paths.resolve(link))];
            if (names.size() < max_names) names.push_back(link);
        }
    }

    [[nodiscard]] bool hides(std::string_view path) const {
        if (hides_below({}, path)) return true;
        PathHash hash;
        for (std::size_t i = 0; i < path.size(); ++i) {
            if (path[i] == '/') {
                const auto names = names_.find(hash.value());
                if (names != names_.end() && std::ranges::any_of(names->second, [&](const auto& name) {
                        return hides_below(name, path.substr(i + 1));
                    })) {
                    return true;
                }
            }
            hash.add(path[i]);
        }
        return false;
    }

private:
    static constexpr std::size_t max_names = 8;

    // `folder` itself is a link and no business of this path; what is named below it is.
    [[nodiscard]] bool hides_below(std::string_view folder, std::string_view rest) const {
        PathHash hash;
        for (const char c : folder) hash.add(c);
        if (layer_.emptied.contains(hash.value())) return true;
        if (!folder.empty()) hash.add('/');
        for (std::size_t i = 0; i < rest.size(); ++i) {
            if (rest[i] == '/' && (layer_.covered.contains(hash.value()) || layer_.emptied.contains(hash.value()))) {
                return true;
            }
            hash.add(rest[i]);
        }
        return layer_.covered.contains(hash.value()) || layer_.folders.contains(hash.value());
    }

    const LayerInventory& layer_;
    std::unordered_map<std::uint64_t, std::vector<std::string>> names_;
};

class Union {
public:
    void apply(const LayerInventory& layer, std::size_t index) {
        origins_.begin_layer(index);
        const auto linked = find_linked(layer);
        hide(layer);
        for (const auto& [path, target] : layer.symlinks) paths_.link(paths_.resolve_folder(path), target);
        for (const auto& [path, facts] : layer.files) put(paths_.resolve_folder(path), facts);
        for (const auto& [path, facts] : linked) put(paths_.resolve_folder(path), *facts);
        origins_.end_layer();
        for (const auto& problem : layer.problems) {
            inventory_.problems.push_back("layer " + std::to_string(index + 1) + ": " + problem);
        }
    }

    Inventory finish() {
        find_distribution();
        for (const auto& [path, facts] : files_) {
            if (is_superseded(path)) continue;
            const bool foreign = is_foreign(path);
            note_problems(path, *facts, !foreign && is_package_database(path));
            if (!foreign) add_packages(path, *facts);
        }
        set_owners();
        return std::move(inventory_);
    }

private:
    using Linked = std::vector<std::pair<std::string, const FileFacts*>>;

    // Hard links to files of lower layers mean those files as they were below this layer.
    [[nodiscard]] Linked find_linked(const LayerInventory& layer) const {
        Linked linked;
        for (const auto& [path, target] : layer.hard_links) {
            const auto found = files_.find(paths_.resolve_folder(target));
            if (found != files_.end()) linked.emplace_back(path, found->second);
        }
        return linked;
    }

    void hide(const LayerInventory& layer) {
        const Shadow shadow(layer, paths_);
        for (auto at = files_.begin(); at != files_.end();) {
            if (!shadow.hides(at->first)) {
                ++at;
                continue;
            }
            forget_packages(at->first, *at->second);
            at = files_.erase(at);
        }
        std::vector<std::string> gone;
        for (const auto& [link, target] : paths_.links()) {
            if (shadow.hides(link)) gone.push_back(link);
        }
        for (const auto& link : gone) paths_.unlink(link);
    }

    void put(std::string path, const FileFacts& facts) {
        const auto [at, added] = files_.try_emplace(std::move(path), &facts);
        if (!added) {
            forget_packages(at->first, *at->second);
            at->second = &facts;
        }
        for (const auto& package : facts.packages) origins_.add(key_of(package, at->first));
    }
    void forget_packages(const std::string& path, const FileFacts& facts) {
        for (const auto& package : facts.packages) origins_.remove(key_of(package, path));
    }

    [[nodiscard]] const Distribution* distribution_at(std::string_view path) const {
        const auto found = files_.find(paths_.resolve(path));
        return found != files_.end() && found->second->distribution ? &*found->second->distribution : nullptr;
    }

    void find_distribution() {
        for (const auto path : distribution_files()) {
            if (const auto* found = distribution_at(path)) {
                inventory_.distribution = *found;
                break;
            }
        }
        auto& found = inventory_.distribution;
        if (!found || found->id != "alpine") return;
        const auto* repositories = distribution_at(apk_repositories_file);
        if (repositories != nullptr && repositories->version_id == "edge") found->version_id = "edge";
    }

    // Where rpm changed its database and left the old one behind, the new one holds.
    [[nodiscard]] bool is_superseded(const std::string& path) const {
        const auto slash = path.rfind('/') + 1;
        const auto name = std::string_view(path).substr(slash);
        const auto there = [&](const char* other) { return files_.contains(path.substr(0, slash) + other); };
        if (name == "Packages") return there("rpmdb.sqlite") || there("Packages.db");
        return name == "Packages.db" && there("rpmdb.sqlite");
    }

    void note_problems(const std::string& path, const FileFacts& facts, bool hides_packages) {
        for (const auto& problem : facts.problems) {
            inventory_.problems.push_back(path + ": " + problem);
            if (hides_packages) inventory_.gaps.push_back(inventory_.problems.back());
        }
    }

    // A database inside another root counts, unless that root is another system: its packages cannot be matched with
    // this one's advisories.
    bool is_foreign(const std::string& path) {
        const auto root = root_of_database(path);
        if (root.empty() || !is_package_database(path)) return false;
        for (const auto file : distribution_files()) {
            const auto* other = distribution_at(std::string(root) + std::string(file));
            if (other == nullptr) continue;
            const auto& own = inventory_.distribution;
            if (own && own->id == other->id && own->version_id == other->version_id) return false;
            inventory_.problems.push_back(path + ": belongs to " + other->id + ' ' + other->version_id +
                                          ", another system than the image's; its packages are left out");
            return true;
        }
        return false;
    }

    void add_packages(const std::string& path, const FileFacts& facts) {
        for (const auto& package : facts.packages) {
            auto key = key_of(package, path);
            const auto layer = origins_.layer_of(key);
            // Two databases of one root may both list a package.
            if (is_operating_system(package.type) && !seen_.insert(std::move(key)).second) continue;
            auto& added = inventory_.packages.emplace_back(package);
            added.layer = layer;
            if (added.path.empty()) added.path = path;
        }
    }

    // A name is that of one package within a root; those of several architectures have one source.
    static std::string owner_key(std::string_view database, std::string_view name) {
        std::string key(root_of_database(database));
        key += '\0';
        return key += name;
    }

    // By owner_key, the place of each of the system's packages.
    [[nodiscard]] std::unordered_map<std::string, std::size_t> installed() const {
        std::unordered_map<std::string, std::size_t> places;
        for (std::size_t i = 0; i < inventory_.packages.size(); ++i) {
            const auto& package = inventory_.packages[i];
            if (is_operating_system(package.type)) places.try_emplace(owner_key(package.path, package.name), i);
        }
        return places;
    }

    void set_owners() {
        std::unordered_map<std::string, std::vector<std::size_t>> wanted;
        for (std::size_t i = 0; i < inventory_.packages.size(); ++i) {
            const auto& package = inventory_.packages[i];
            if (is_operating_system(package.type)) continue;
            wanted[package.path.substr(0, package.path.find("!/"))].push_back(i);
        }
        if (wanted.empty()) return;
        const auto owners = installed();
        for (const auto& [path, facts] : files_) {
            for (const auto& owned : facts->owned) {
                const auto owner = owners.find(owner_key(path, owned.package));
                const auto* package = owner == owners.end() ? nullptr : &inventory_.packages[owner->second];
                for (const auto& file : owned.paths) {
                    const auto found = wanted.find(paths_.resolve_folder(file));
                    if (found == wanted.end()) continue;
                    for (const auto i : found->second) own(inventory_.packages[i], owned.package, package);
                }
            }
        }
    }

    static void own(Package& package, const std::string& name, const Package* owner) {
        package.owned_by = name;
        if (owner == nullptr) return;
        package.owner_source = owner->source_name;
        package.owner_vendor = owner->vendor;
    }

    std::map<std::string, const FileFacts*, std::less<>> files_;
    RootPaths paths_;
    Origins origins_;
    std::unordered_set<std::string> seen_;
    Inventory inventory_;
};

}  // namespace

Inventory union_of(const std::vector<LayerInventory>& layers) {
    Union image;
    for (std::size_t i = 0; i < layers.size(); ++i) image.apply(layers[i], i);
    return image.finish();
}

}  // namespace berth::inventory
