// A layer's inventory as bytes: a version, then numbers and strings in a row, compressed.

#include "archive/unpack.hpp"
#include "inventory/layer_inventory.hpp"

#include <zstd.h>

#include <stdexcept>

namespace berth::inventory {
namespace {

constexpr std::string_view magic = "BLI";
constexpr int compression_level = 3;
// More than a layer inside of its limits can come to.
constexpr std::uint64_t max_plain_bytes = std::uint64_t{1} << 30;

class Writer {
public:
    void number(std::uint64_t value) {
        for (; value >= 0x80; value >>= 7U) bytes_ += static_cast<char>(value | 0x80);
        bytes_ += static_cast<char>(value);
    }
    void text(std::string_view value) {
        number(value.size());
        bytes_ += value;
    }
    template <class Range, class Each>
    void list(const Range& range, Each each) {
        number(range.size());
        for (const auto& item : range) each(item);
    }
    void hashes(const PathHashes& set) {
        list(set.sorted(), [&](std::uint64_t hash) {
            for (int i = 0; i < 8; ++i) bytes_ += static_cast<char>(hash >> (8 * i));
        });
    }
    [[nodiscard]] const std::string& bytes() const { return bytes_; }

private:
    std::string bytes_;
};

// After the first thing that does not fit, everything is empty and ok() is false.
class Reader {
public:
    explicit Reader(std::string_view bytes) : rest_(bytes) {}

    std::uint64_t number() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
            const auto byte = static_cast<unsigned char>(rest_.front());
            rest_.remove_prefix(1);
            value |= std::uint64_t{byte & 0x7fU} << shift;
            if (byte < 0x80) return value;
        }
        return broken();
    }
    std::string text() {
        const auto size = number();
        if (size > rest_.size()) return broken(), std::string();
        std::string value(rest_.substr(0, size));
        rest_.remove_prefix(size);
        return value;
    }
    template <class Each>
    void list(Each each) {
        // Every item is at least a byte, so a false count ends with the bytes.
        for (auto left = number(); left > 0 && ok_; --left) each();
    }
    PathHashes hashes() {
        const auto count = number();
        if (count > rest_.size() / 8) return broken(), PathHashes{};
        std::vector<std::uint64_t> all(count);
        for (auto& hash : all) {
            for (int i = 0; i < 8; ++i) {
                hash |= std::uint64_t{static_cast<unsigned char>(rest_[static_cast<std::size_t>(i)])} << (8 * i);
            }
            rest_.remove_prefix(8);
        }
        return PathHashes::from(std::move(all));
    }
    [[nodiscard]] bool done() const { return ok_ && rest_.empty(); }
    std::uint64_t broken() {
        ok_ = false;
        rest_ = {};
        return 0;
    }

private:
    std::string_view rest_;
    bool ok_ = true;
};

void write(Writer& out, const Package& package) {
    out.number(static_cast<std::uint64_t>(package.type));
    for (const auto* text : {&package.name, &package.version, &package.source_name, &package.source_version,
                             &package.arch, &package.module_label, &package.vendor, &package.path}) {
        out.text(*text);
    }
    out.list(package.licences, [&](const auto& licence) { out.text(licence); });
    out.number(static_cast<std::uint64_t>(package.confidence));
}

Package read_package(Reader& in) {
    Package package;
    const auto type = in.number();
    if (type > static_cast<std::uint64_t>(PackageType::composer)) in.broken();
    package.type = static_cast<PackageType>(type);
    for (auto* text : {&package.name, &package.version, &package.source_name, &package.source_version, &package.arch,
                       &package.module_label, &package.vendor, &package.path}) {
        *text = in.text();
    }
    in.list([&] { package.licences.push_back(in.text()); });
    package.confidence = in.number() == 0 ? Confidence::certain : Confidence::guessed;
    return package;
}

void write(Writer& out, const FileFacts& facts) {
    out.list(facts.packages, [&](const Package& package) { write(out, package); });
    out.number(facts.distribution ? 1 : 0);
    if (facts.distribution) {
        const auto& found = *facts.distribution;
        for (const auto* text : {&found.id, &found.version_id, &found.codename, &found.name}) out.text(*text);
    }
    out.list(facts.owned, [&](const OwnedFiles& owned) {
        out.text(owned.package);
        out.list(owned.paths, [&](const auto& path) { out.text(path); });
    });
    out.list(facts.problems, [&](const auto& problem) { out.text(problem); });
}

FileFacts read_facts(Reader& in) {
    FileFacts facts;
    in.list([&] { facts.packages.push_back(read_package(in)); });
    if (in.number() != 0) {
        auto& found = facts.distribution.emplace();
        for (auto* text : {&found.id, &found.version_id, &found.codename, &found.name}) *text = in.text();
    }
    in.list([&] {
        auto& owned = facts.owned.emplace_back();
        owned.package = in.text();
        in.list([&] { owned.paths.push_back(in.text()); });
    });
    in.list([&] { facts.problems.push_back(in.text()); });
    return facts;
}

void write(Writer& out, const LayerInventory::Paths& paths) {
    out.list(paths, [&](const auto& pair) {
        out.text(pair.first);
        out.text(pair.second);
    });
}

LayerInventory::Paths read_paths(Reader& in) {
    LayerInventory::Paths paths;
    in.list([&] {
        auto path = in.text();
        paths.insert_or_assign(std::move(path), in.text());
    });
    return paths;
}

}  // namespace

std::string encode_layer(const LayerInventory& layer) {
    Writer out;
    out.list(layer.files, [&](const auto& file) {
        out.text(file.first);
        write(out, file.second);
    });
    write(out, layer.symlinks);
    write(out, layer.hard_links);
    out.list(layer.problems, [&](const auto& problem) { out.text(problem); });
    for (const auto* set : {&layer.covered, &layer.folders, &layer.emptied}) out.hashes(*set);

    std::string packed(magic);
    packed += static_cast<char>(scanner_version);
    const auto start = packed.size();
    packed.resize(start + ZSTD_compressBound(out.bytes().size()));
    const auto size = ZSTD_compress(packed.data() + start, packed.size() - start, out.bytes().data(),
                                    out.bytes().size(), compression_level);
    if (ZSTD_isError(size) != 0) throw std::runtime_error(ZSTD_getErrorName(size));
    packed.resize(start + size);
    return packed;
}

std::optional<LayerInventory> decode_layer(std::string_view bytes) {
    if (!bytes.starts_with(magic) || bytes.size() <= magic.size() || bytes[magic.size()] != scanner_version) {
        return std::nullopt;
    }
    bytes.remove_prefix(magic.size() + 1);
    archive::MemorySource source({reinterpret_cast<const std::byte*>(bytes.data()), bytes.size()});
    const archive::Limits limits{.unpacked_bytes = max_plain_bytes, .ratio = max_plain_bytes};
    auto stream = archive::unpack(source, limits);
    if (!stream) return std::nullopt;
    const auto plain = archive::read_all(**stream, max_plain_bytes, "a layer's inventory");
    if (!plain) return std::nullopt;

    Reader in({reinterpret_cast<const char*>(plain->data()), plain->size()});
    LayerInventory layer;
    in.list([&] {
        auto path = in.text();
        layer.files.insert_or_assign(std::move(path), read_facts(in));
    });
    layer.symlinks = read_paths(in);
    layer.hard_links = read_paths(in);
    in.list([&] { layer.problems.push_back(in.text()); });
    for (auto* set : {&layer.covered, &layer.folders, &layer.emptied}) *set = in.hashes();
    return in.done() ? std::optional(std::move(layer)) : std::nullopt;
}

}  // namespace berth::inventory
