#include "archive/tar.hpp"
#include "archive/unpack.hpp"
#include "inventory/file_search.hpp"
#include "inventory/layer_inventory.hpp"
#include "inventory/rpm_databases.hpp"
#include "inventory/system_files.hpp"

#include <algorithm>
#include <set>

namespace berth::inventory {
namespace {

using archive::EntryKind;
using archive::TarEntry;

constexpr std::string_view whiteout = ".wh.";
constexpr std::string_view opaque = ".wh..wh..opq";
constexpr std::string_view whiteout_of_aufs = ".wh..wh.";

template <class Map>
void erase_below(Map& map, const std::string& path) {
    const auto prefix = path + '/';
    auto at = map.lower_bound(prefix);
    while (at != map.end() && at->first.starts_with(prefix)) at = map.erase(at);
}

bool wants_by_name(const FileReader& reader, std::string_view path) {
    return reader.wants(FileInfo{.path = path, .size = 1, .mode = 0644});
}

class Scan {
public:
    Scan(archive::TarReader& tar, const Limits& limits, Scope scope, const std::vector<MissedLink>& also)
        : tar_(tar), limits_(limits), scope_(scope) {
        for (const auto& link : also) wanted_targets_.insert(link.target);
    }

    Result<LayerScan> run() {
        for (;;) {
            auto entry = tar_.next();
            if (!entry) return fail(std::move(entry));
            if (*entry == nullptr) break;
            if (auto taken = take(**entry); !taken) return fail(std::move(taken));
        }
        if (auto read = read_rpm_databases(); !read) return fail(std::move(read));
        finish_links();
        count_unsaid_problems();
        for (auto* set : {&layer().covered, &layer().folders, &layer().emptied}) set->sort();
        return std::move(scan_);
    }

private:
    LayerInventory& layer() { return scan_.layer; }

    Result<void> take(const TarEntry& entry) {
        if (entry.leads_out) {
            problem(entry.path, "leads out of the image and is left out");
            return {};
        }
        const auto name = std::string_view(entry.path).substr(entry.path.rfind('/') + 1);
        if (name.starts_with(whiteout)) {
            take_whiteout(entry.path, name);
            return {};
        }
        if (entry.kind == EntryKind::directory) {
            if (!entry.path.empty()) layer().folders.add(entry.path);
            forget(entry.path);
            return {};
        }
        if (entry.path.empty()) return {};
        // What came under this name before in the same archive is gone.
        layer().covered.add(entry.path);
        forget(entry.path);
        forget_below(entry.path);
        switch (entry.kind) {
            case EntryKind::file:
                return take_file(entry);
            case EntryKind::hard_link:
                return take_hard_link(entry);
            case EntryKind::symlink:
                if (is_way_to_system_file(entry.path)) take_symlink(entry);
                break;
            case EntryKind::sparse_file:
                if (system_file(entry.path) != nullptr || is_package_database(entry.path)) {
                    problem_of_file(entry.path, "is stored sparse, and not read");
                }
                break;
            default:
                break;
        }
        return {};
    }

    void take_symlink(const TarEntry& entry) {
        // A root with more links than this was made to be slow to look at.
        constexpr std::size_t max_links = 256;
        if (layer().symlinks.size() < max_links)
            layer().symlinks[entry.path] = entry.link;
        else
            problem(entry.path, "is one link too many");
    }

    void take_whiteout(std::string_view path, std::string_view name) {
        const auto folder = path.substr(0, path.size() - name.size());
        if (name == opaque) {
            layer().emptied.add(folder.empty() ? folder : folder.substr(0, folder.size() - 1));
        } else if (!name.starts_with(whiteout_of_aufs) && name != whiteout) {
            layer().covered.add(std::string(folder) + std::string(name.substr(whiteout.size())));
        }
    }

    void forget(const std::string& path) {
        layer().files.erase(path);
        layer().symlinks.erase(path);
        links_.erase(path);
        rpm_databases_.erase(path);
    }
    void forget_below(const std::string& path) {
        erase_below(layer().files, path);
        erase_below(layer().symlinks, path);
        erase_below(links_, path);
        erase_below(rpm_databases_, path);
    }

    Result<void> take_file(const TarEntry& entry) {
        const FileInfo file{.path = entry.path, .size = entry.size, .mode = entry.mode};
        if (wanted_targets_.contains(entry.path)) return take_target(file);
        return interesting(file) ? read_file(file) : Result<void>{};
    }

    // Kept for the hard links that follow; their total is bounded like one database.
    Result<void> take_target(const FileInfo& file) {
        if (file.size > max_database_bytes - targets_bytes_) {
            problem(file.path, "is too large to be read under its other name");
            return {};
        }
        auto bytes = tar_.whole(max_database_bytes);
        if (!bytes) return fail(std::move(bytes));
        targets_bytes_ += bytes->size();
        targets_[std::string(file.path)] = Target{{bytes->begin(), bytes->end()}, file.mode};
        return interesting(file) ? read_bytes(file, *bytes) : Result<void>{};
    }

    [[nodiscard]] bool applies(const FileReader& reader) const {
        return reader.scope == Scope::anywhere || scope_ == Scope::source_tree;
    }
    [[nodiscard]] bool interesting(const FileInfo& file) const {
        if (system_file(file.path) != nullptr || is_rpm_sqlite(file.path) || is_rpm_sqlite_log(file.path)) return true;
        return std::ranges::any_of(language_readers(),
                                   [&](const FileReader& reader) { return applies(reader) && reader.wants(file); });
    }

    Result<void> read_file(const FileInfo& file) {
        std::uint64_t max_bytes = max_database_bytes;
        if (const auto* system = system_file(file.path))
            max_bytes = system->max_bytes;
        else if (!is_rpm_sqlite(file.path) && !is_rpm_sqlite_log(file.path))
            return read_language_file(file);
        if (file.size > max_bytes) {
            problem_of_file(file.path, "is too large to be read");
            return {};
        }
        auto bytes = tar_.whole(max_bytes);
        return bytes ? read_bytes(file, *bytes) : fail(std::move(bytes));
    }

    Result<void> read_language_file(const FileInfo& file) {
        auto start = tar_.peek(FileReader::first_bytes);
        if (!start) return fail(std::move(start));
        const auto readers = readers_of(file, *start);
        if (readers.empty()) return {};
        std::uint64_t max_bytes = 0;
        for (const auto* reader : readers) max_bytes = std::max(max_bytes, reader->max_bytes);
        if (file.size > max_bytes) return search_language_file(file, readers);
        auto bytes = tar_.whole(max_bytes);
        return bytes ? read_bytes(file, *bytes) : fail(std::move(bytes));
    }

    [[nodiscard]] std::vector<const FileReader*> readers_of(const FileInfo& file,
                                                            std::span<const std::byte> start) const {
        std::vector<const FileReader*> readers;
        for (const auto& reader : language_readers()) {
            if (!applies(reader) || !reader.wants(file)) continue;
            if (reader.recognises == nullptr || reader.recognises(start)) readers.push_back(&reader);
        }
        return readers;
    }

    Result<void> read_bytes(const FileInfo& file, std::span<const std::byte> bytes) {
        // Read at the end of the layer, when the log is there, too.
        if (is_rpm_sqlite(file.path) || is_rpm_sqlite_log(file.path)) {
            rpm_databases_[std::string(file.path)].assign(bytes.begin(), bytes.end());
            return {};
        }
        if (const auto* system = system_file(file.path)) {
            return add(file.path, system->read({.file = file, .bytes = bytes}));
        }
        for (const auto* reader : readers_of(file, bytes.first(std::min(bytes.size(), FileReader::first_bytes)))) {
            if (bytes.size() > reader->max_bytes) {
                problem(file.path, "is too large for the reader of " + std::string(reader->name));
                continue;
            }
            auto added = add(file.path, reader->read({.file = file, .bytes = bytes}));
            if (!added) return added;
        }
        return {};
    }

    // One reader's marker is looked for; there is only one pass over a file this large.
    Result<void> search_language_file(const FileInfo& file, const std::vector<const FileReader*>& readers) {
        const auto found = std::ranges::find_if(readers, [](const auto* reader) { return !reader->marker.empty(); });
        for (const auto* reader : readers) {
            if (found == readers.end() || reader != *found) {
                problem(file.path, "is too large for the reader of " + std::string(reader->name));
            }
        }
        if (found == readers.end()) return {};
        auto excerpt = find_in_file(tar_, (*found)->marker, (*found)->excerpt_bytes);
        if (!excerpt) return fail(std::move(excerpt));
        if (excerpt->empty()) return {};
        return add(file.path, (*found)->read({.file = file, .bytes = *excerpt, .excerpt = true}));
    }

    Result<void> add(std::string_view path, Result<FileFacts> facts) {
        if (!facts) {
            problem_of_file(path, facts.error().message);
            return {};
        }
        if (facts->empty()) return {};
        if (auto fits = account(path, *facts); !fits) return fits;
        auto& all = layer().files[std::string(path)];
        std::ranges::move(facts->packages, std::back_inserter(all.packages));
        std::ranges::move(facts->owned, std::back_inserter(all.owned));
        std::ranges::move(facts->problems, std::back_inserter(all.problems));
        if (facts->distribution) all.distribution = std::move(facts->distribution);
        return {};
    }

    Result<void> account(std::string_view path, const FileFacts& facts) {
        found_bytes_ += path.size() + weight_of(facts);
        if (found_bytes_ <= limits_.found_bytes_of_layer) return {};
        return fail(FaultKind::too_large, "what the layer holds takes more than the " +
                                              std::to_string(limits_.found_bytes_of_layer) + " bytes allowed");
    }

    Result<void> read_rpm_databases() {
        for (auto& [path, image] : rpm_databases_) {
            if (!is_rpm_sqlite(path)) continue;
            const auto log = rpm_databases_.find(path + "-wal");
            const auto log_bytes =
                log == rpm_databases_.end() ? std::span<const std::byte>{} : std::span<const std::byte>(log->second);
            const auto size = image.size() + log_bytes.size();
            auto added = add(path, rpm_facts(size, [&](const RpmHeaderSink& sink) {
                                 return read_rpm_sqlite(image, log_bytes, sink);
                             }));
            if (!added) return added;
        }
        for (const auto& [path, log] : rpm_databases_) {
            const auto database = path.substr(0, path.size() - 4);
            if (is_rpm_sqlite_log(path) && !log.empty() && !rpm_databases_.contains(database)) {
                problem_of_file(path, "is the log of a database that another layer holds, and not read");
            }
        }
        return {};
    }

    // A hard link is another name of an earlier entry, with all it says.
    Result<void> take_hard_link(const TarEntry& entry) {
        if (const auto kept = targets_.find(entry.link); kept != targets_.end()) {
            const auto& bytes = kept->second.bytes;
            return read_bytes({.path = entry.path, .size = bytes.size(), .mode = kept->second.mode}, bytes);
        }
        const auto target = layer().files.find(entry.link);
        if (target != layer().files.end()) {
            auto facts = target->second;
            for (auto& package : facts.packages) {
                if (package.path.starts_with(entry.link)) package.path.replace(0, entry.link.size(), entry.path);
            }
            if (auto fits = account(entry.path, facts); !fits) return fits;
            layer().files[entry.path] = std::move(facts);
        } else {
            links_[entry.path] = entry.link;
        }
        return {};
    }

    // Those whose target was read and said nothing are done. What is left matters only if the new name is of interest
    // where the old one was not, or if the target lies in a lower layer.
    void finish_links() {
        if (links_.empty()) return;
        layer().covered.sort();
        for (const auto& [path, target] : links_) {
            if (!layer().covered.contains(PathHash::of(target))) {
                if (interesting({.path = path, .size = 1, .mode = 0755})) layer().hard_links[path] = target;
            } else if (more_interesting(path, target)) {
                // The second reading has no third behind it.
                if (wanted_targets_.empty())
                    scan_.missed.push_back({target, path});
                else
                    problem(path, "is another name of a file that was not read");
            }
        }
    }
    [[nodiscard]] bool more_interesting(std::string_view path, std::string_view target) const {
        const auto* system = system_file(path);
        if (system != nullptr && system_file(target) != system) return true;
        if (is_rpm_sqlite(path) && !is_rpm_sqlite(target)) return true;
        return std::ranges::any_of(language_readers(), [&](const FileReader& reader) {
            return applies(reader) && wants_by_name(reader, path) && !wants_by_name(reader, target);
        });
    }

    // What a database of packages does not tell is said of the file: it is no problem of an image whose upper layers
    // replace or remove it.
    void problem_of_file(std::string_view path, std::string_view what) {
        if (!is_package_database(path) || broken_databases_ >= limits_.problems_of_layer) return problem(path, what);
        ++broken_databases_;
        note(layer().files[std::string(path)], what);
    }
    void problem(std::string_view path, std::string_view what) {
        constexpr std::size_t shown_bytes = 300;
        if (layer().problems.size() >= limits_.problems_of_layer) {
            ++unsaid_problems_;
            return;
        }
        layer().problems.push_back(std::string(path.substr(0, shown_bytes)) + ": " + std::string(what));
    }
    void count_unsaid_problems() {
        if (unsaid_problems_ > 0) layer().problems.push_back("and " + std::to_string(unsaid_problems_) + " more");
    }

    archive::TarReader& tar_;
    const Limits& limits_;
    Scope scope_;
    struct Target {
        std::vector<std::byte> bytes;
        std::uint32_t mode = 0;
    };
    std::set<std::string, std::less<>> wanted_targets_;
    std::map<std::string, Target, std::less<>> targets_;
    std::uint64_t targets_bytes_ = 0;
    LayerScan scan_;
    LayerInventory::Paths links_;
    std::map<std::string, std::vector<std::byte>, std::less<>> rpm_databases_;
    std::size_t found_bytes_ = 0;
    std::size_t broken_databases_ = 0;
    std::size_t unsaid_problems_ = 0;
};

}  // namespace

std::size_t weight_of(const LayerInventory& layer) {
    std::size_t weight = sizeof layer;
    for (const auto& [path, facts] : layer.files) weight += path.size() + weight_of(facts);
    for (const auto* set : {&layer.covered, &layer.folders, &layer.emptied}) {
        weight += set->sorted().size() * sizeof(std::uint64_t);
    }
    return weight;
}

Result<LayerScan> scan_layer(archive::Source& bytes, const Limits& limits, Scope scope,
                             const std::vector<MissedLink>& also) {
    auto plain = archive::unpack(bytes, limits.layer);
    if (!plain) return fail(std::move(plain));
    archive::TarReader tar(**plain, limits.layer);
    auto scan = Scan(tar, limits, scope, also).run();
    if (!scan) return scan;
    // Bytes behind the archive's end belong to the layer, too: its checksum covers them.
    if (auto drained = archive::drain(**plain); !drained) return fail(std::move(drained));
    if (auto drained = archive::drain(bytes); !drained) return fail(std::move(drained));
    return scan;
}

}  // namespace berth::inventory
