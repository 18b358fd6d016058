#include "inventory/rpm_header.hpp"

#include "inventory/lines.hpp"
#include "inventory/numbers.hpp"

#include <algorithm>
#include <optional>
#include <vector>

namespace berth::inventory {
namespace {

// Tags and types of rpm's rpmtag.h.
enum class Tag : std::uint32_t {
    name = 1000,
    version = 1001,
    release = 1002,
    epoch = 1003,
    vendor = 1011,
    license = 1014,
    arch = 1022,
    source_rpm = 1044,
    dir_indexes = 1116,
    base_names = 1117,
    dir_names = 1118,
    modularity_label = 5096,
};
constexpr std::uint32_t type_int32 = 4;
constexpr std::uint32_t type_string = 6;
constexpr std::uint32_t type_string_array = 8;
constexpr std::uint32_t type_i18n_string = 9;

constexpr std::size_t intro_bytes = 8;
constexpr std::size_t entry_bytes = 16;
// rpm's own bounds (header.c): 64 Ki tags, 256 MiB of data.
constexpr std::uint32_t max_tags = 0xffff;
constexpr std::uint32_t max_data = std::uint32_t{256} << 20;

// Finds tags in a header whose two sizes were checked.
class Header {
public:
    static std::optional<Header> of(std::span<const std::byte> bytes) {
        if (bytes.size() < intro_bytes) return std::nullopt;
        const auto tags = big32(bytes, 0);
        const auto data = big32(bytes, 4);
        if (tags > max_tags || data > max_data) return std::nullopt;
        if (intro_bytes + entry_bytes * std::size_t{tags} + data > bytes.size()) return std::nullopt;
        Header header;
        header.index_ = bytes.subspan(intro_bytes, entry_bytes * tags);
        header.data_ = bytes.subspan(intro_bytes + entry_bytes * tags, data);
        return header;
    }

    // The first string of a tag; empty where there is none.
    [[nodiscard]] std::string_view text(Tag tag) const {
        const auto entry = find(tag);
        if (!entry ||
            (entry->type != type_string && entry->type != type_string_array && entry->type != type_i18n_string)) {
            return {};
        }
        auto rest = rest_of(*entry);
        return take_string(rest);
    }
    [[nodiscard]] std::optional<std::uint32_t> number(Tag tag) const {
        const auto all = numbers(tag);
        return all.size() >= 4 ? std::optional(big32(all, 0)) : std::nullopt;
    }
    // All numbers of a tag, four bytes each.
    [[nodiscard]] std::span<const std::byte> numbers(Tag tag) const {
        const auto entry = find(tag);
        if (!entry || entry->type != type_int32) return {};
        const auto bytes = data_.subspan(entry->offset);
        return bytes.first(std::min<std::size_t>(bytes.size(), std::size_t{entry->count} * 4));
    }
    [[nodiscard]] std::vector<std::string_view> texts(Tag tag) const {
        std::vector<std::string_view> all;
        const auto entry = find(tag);
        if (!entry || entry->type != type_string_array) return all;
        auto rest = rest_of(*entry);
        for (std::uint32_t i = 0; i < entry->count && !rest.empty(); ++i) all.push_back(take_string(rest));
        return all;
    }

private:
    struct Entry {
        std::uint32_t type, offset, count;
    };

    [[nodiscard]] std::optional<Entry> find(Tag tag) const {
        for (std::size_t at = 0; at < index_.size(); at += entry_bytes) {
            if (big32(index_, at) != static_cast<std::uint32_t>(tag)) continue;
            const Entry entry{big32(index_, at + 4), big32(index_, at + 8), big32(index_, at + 12)};
            return entry.offset < data_.size() ? std::optional(entry) : std::nullopt;
        }
        return std::nullopt;
    }
    [[nodiscard]] std::string_view rest_of(const Entry& entry) const {
        const auto bytes = data_.subspan(entry.offset);
        return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    }
    static std::string_view take_string(std::string_view& rest) { return take_until(rest, '\0'); }

    std::span<const std::byte> index_;
    std::span<const std::byte> data_;
};

struct Source {
    std::string name, version;
};

// "bash-5.1.8-6.el9.src.rpm": name, version and release, told apart from the right. A source package has its
// binaries' epoch, which the file's name does not tell.
std::optional<Source> source_of(std::string_view file, std::string_view epoch) {
    for (const auto ending : {".src.rpm", ".nosrc.rpm"}) {
        if (!file.ends_with(ending)) continue;
        file.remove_suffix(std::string_view(ending).size());
        const auto release = file.rfind('-');
        if (release == std::string_view::npos || release == 0) return std::nullopt;
        const auto version = file.rfind('-', release - 1);
        if (version == std::string_view::npos || version == 0) return std::nullopt;
        return Source{std::string(file.substr(0, version)), std::string(epoch) + std::string(file.substr(version + 1))};
    }
    return std::nullopt;
}

void set_source(Package& package, std::string_view file, std::string_view epoch) {
    if (auto source = source_of(file, epoch)) {
        package.source_name = std::move(source->name);
        package.source_version = std::move(source->version);
    } else {
        package.source_name = package.name;
        package.source_version = package.version;
    }
}

// "nodejs:12:8030020201124152102:229f0a1c" is stream 12 of nodejs in some build.
std::string_view module_stream(std::string_view label) {
    const auto name = label.find(':');
    if (name == std::string_view::npos) return label;
    return label.substr(0, label.find(':', name + 1));
}

void add_files(const Header& header, std::string_view package, OwnedFilesOfDatabase& owned) {
    const auto folders = header.texts(Tag::dir_names);
    const auto names = header.texts(Tag::base_names);
    const auto indexes = header.numbers(Tag::dir_indexes);
    for (std::size_t i = 0; i < names.size() && i < indexes.size() / 4; ++i) {
        const auto folder = big32(indexes, i * 4);
        if (folder < folders.size()) owned.add(package, folders[folder], names[i]);
    }
}

}  // namespace

Result<void> add_rpm_header(std::span<const std::byte> bytes, FileFacts& facts, OwnedFilesOfDatabase& owned) {
    const auto header = Header::of(bytes);
    if (!header) return fail(FaultKind::invalid_parameter, "holds a package header that is broken");
    const auto name = header->text(Tag::name);
    const auto version = header->text(Tag::version);
    const auto release = header->text(Tag::release);
    if (name == "gpg-pubkey") return {};
    if (name.empty() || version.empty())
        return fail(FaultKind::invalid_parameter, "holds a package without name or version");
    const auto source = header->text(Tag::source_rpm);
    if (std::ranges::max({name.size(), version.size(), release.size(), source.size()}) > max_word_bytes) {
        return fail(FaultKind::invalid_parameter, "holds a package whose name or version is too long to be one");
    }
    if (facts.packages.size() == max_packages_of_file) return too_many_packages();

    Package package{.type = PackageType::rpm};
    package.name = name;
    const auto epoch = header->number(Tag::epoch).value_or(0);
    const auto prefix = epoch == 0 ? std::string() : std::to_string(epoch) + ':';
    package.version = prefix + std::string(version);
    if (!release.empty()) package.version += '-' + std::string(release);
    package.arch = header->text(Tag::arch).substr(0, max_word_bytes);
    package.vendor = header->text(Tag::vendor).substr(0, max_word_bytes);
    package.module_label = module_stream(header->text(Tag::modularity_label)).substr(0, max_word_bytes);
    const auto licence = header->text(Tag::license).substr(0, max_word_bytes);
    if (!licence.empty()) package.licences.emplace_back(licence);
    set_source(package, source, prefix);
    facts.packages.push_back(std::move(package));
    add_files(*header, name, owned);
    return {};
}

// Ten columns: name, version-release, times, vendor, epoch, size, architecture, epoch as a number, source.
Result<FileFacts> parse_rpm_manifest(std::string_view text) {
    FileFacts facts;
    while (!text.empty()) {
        auto line = take_line(text);
        if (line.empty()) continue;
        std::vector<std::string_view> columns;
        while (!line.empty() && columns.size() < 10) columns.push_back(take_until(line, '\t'));
        if (columns.size() < 10 || columns[0].empty() || columns[1].empty() ||
            std::ranges::any_of(columns, [](auto column) { return column.size() > max_word_bytes; })) {
            facts.problems.emplace_back("a line that names no package");
            if (facts.problems.size() > 10) return fail(FaultKind::invalid_parameter, "is no list of rpm packages");
            continue;
        }
        if (facts.packages.size() == max_packages_of_file) return too_many_packages();
        Package package{.type = PackageType::rpm};
        const auto epoch = columns[8];
        const bool has_epoch = !epoch.empty() && epoch != "0" && epoch.find_first_not_of("0123456789") == epoch.npos;
        const auto prefix = has_epoch ? std::string(epoch) + ':' : std::string();
        package.name = columns[0];
        package.version = prefix + std::string(columns[1]);
        package.vendor = columns[4];
        package.arch = columns[7];
        set_source(package, columns[9], prefix);
        facts.packages.push_back(std::move(package));
    }
    return facts;
}

}  // namespace berth::inventory
