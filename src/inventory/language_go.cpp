#include "inventory/language_go.hpp"

#include "inventory/executable.hpp"
#include "inventory/language_text.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>

namespace berth::inventory {

namespace {

constexpr std::size_t header_size = 32;
// The list of modules of the largest programs has some hundred kilobytes.
constexpr std::uint64_t max_info = 16U << 20U;

struct BuildInfo {
    std::string_view toolchain;
    std::string_view modules;
};

std::string_view without_v(std::string_view version) {
    if (version.starts_with('v')) version.remove_prefix(1);
    return version;
}

Package* add_module(std::vector<Package>& packages, std::string_view path, std::string_view version) {
    // A path that begins so names a folder.
    if (path.starts_with('.') || path.starts_with('/') || !version.starts_with('v')) return nullptr;
    return add_package(packages, PackageType::go, path, without_v(version));
}

// Takes a text that has its length before it, 7 bits a byte, the lowest first (encoding/binary's Uvarint).
std::optional<std::string_view> take_counted(std::string_view& rest) {
    std::uint64_t length = 0;
    for (unsigned shift = 0; shift < 35; shift += 7) {
        if (rest.empty()) return std::nullopt;
        const auto byte = static_cast<unsigned char>(rest.front());
        rest.remove_prefix(1);
        length |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
        if (byte >= 0x80) continue;
        if (length > rest.size()) return std::nullopt;
        const auto text = rest.substr(0, length);
        rest.remove_prefix(length);
        return text;
    }
    return std::nullopt;
}

// Programs of Go before 1.18: the address of a string's header, which is its address and its length.
std::string_view pointed_text(const Executable& program, std::uint64_t address, std::size_t width, ByteOrder order) {
    const auto header = program.at_address(address);
    const auto start = number_at(header, 0, width, order);
    const auto length = number_at(header, width, width, order);
    if (!start || !length || *length > max_info) return {};
    return window(program.at_address(*start), 0, *length);
}

// `data` begins at the marker. Layout: debug/buildinfo of Go's standard library.
std::optional<BuildInfo> parse_build_info(std::string_view data, const Executable* program) {
    if (data.size() < header_size) return std::nullopt;
    const auto width = static_cast<std::size_t>(static_cast<unsigned char>(data[14]));
    const auto flags = static_cast<unsigned char>(data[15]);
    BuildInfo info;
    if ((flags & 2U) != 0) {
        auto rest = data.substr(header_size);
        const auto toolchain = take_counted(rest);
        if (!toolchain || !(toolchain->starts_with("go") || toolchain->starts_with("devel"))) return std::nullopt;
        info.toolchain = *toolchain;
        info.modules = take_counted(rest).value_or("");
    } else {
        if (program == nullptr || (width != 4 && width != 8)) return std::nullopt;
        const auto order = (flags & 1U) != 0 ? ByteOrder::big : ByteOrder::little;
        const auto text = [&](std::size_t at) {
            return pointed_text(*program, number_at(data, at, width, order).value_or(0), width, order);
        };
        info.toolchain = text(16);
        info.modules = text(16 + width);
    }
    // Marks of 16 bytes surround the list, so that it can be found in a running process.
    if (info.modules.size() < 33 || info.modules[info.modules.size() - 17] != '\n') {
        info.modules = {};
    } else {
        info.modules = info.modules.substr(16, info.modules.size() - 32);
    }
    return info;
}

// The marker may also stand in a constant of a program that reads build information: only aligned ones count.
std::optional<BuildInfo> find_in(std::string_view bytes, const Executable& program) {
    constexpr std::size_t alignment = 16;
    auto at = bytes.find(go_build_info_marker);
    while (at != std::string_view::npos) {
        if (at % alignment == 0) {
            if (auto info = parse_build_info(bytes.substr(at), &program)) return info;
        }
        at = bytes.find(go_build_info_marker, at + 1);
    }
    return std::nullopt;
}

std::optional<BuildInfo> find_build_info(const Executable& program) {
    constexpr std::array<std::string_view, 2> names = {".go.buildinfo", "__go_buildinfo"};
    for (const auto name : names) {
        if (const auto* section = program.section(name)) return find_in(section->bytes, program);
    }
    // PE files have no such section, and the table of sections may have been cut off: it lies in the data then.
    for (const auto& segment : program.segments) {
        if (!segment.writable) continue;
        if (auto info = find_in(segment.bytes, program)) return info;
    }
    return std::nullopt;
}

// Lines of KIND\tPATH\tVERSION\tHASH; one with "=>" says what replaced the module of the line before.
void read_modules(std::string_view text, std::vector<Package>& packages) {
    std::string_view path;
    std::string_view version;
    const auto flush = [&] { add_module(packages, std::exchange(path, {}), std::exchange(version, {})); };
    while (!text.empty()) {
        auto line = take_line(text);
        const auto kind = take_until(line, '\t');
        if (kind == "mod" || kind == "dep") {
            flush();
        } else if (kind != "=>") {
            continue;
        }
        path = take_until(line, '\t');
        version = take_until(line, '\t');
    }
    flush();
}

std::vector<Package> packages_of(const BuildInfo& info) {
    std::vector<Package> packages;
    const auto version = go_toolchain_version(info.toolchain);
    if (!version.empty()) add_package(packages, PackageType::go, "stdlib", version);
    read_modules(info.modules, packages);
    return packages;
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// The next word of a line of go.mod; comments end the line, words may be quoted.
std::string_view take_word(std::string_view& line) {
    line = trimmed(line);
    if (line.starts_with("//")) line = {};
    if (line.starts_with('"') || line.starts_with('`')) {
        const auto mark = line.front();
        line.remove_prefix(1);
        return take_until(line, mark);
    }
    const auto end = std::min(line.find_first_of(" \t("), line.size());
    const auto word = line.substr(0, end);
    line.remove_prefix(end);
    return word;
}

struct Replacement {
    std::string_view path;
    std::string_view version;  // empty: every version
    std::string_view by_path;
    std::string_view by_version;
};

struct Required {
    std::string_view path;
    std::string_view version;
};

struct GoModule {
    std::vector<Required> required;
    std::vector<Replacement> replaced;
};

void read_directive(std::string_view verb, std::string_view line, GoModule& module) {
    if (verb == "require") {
        const auto path = take_word(line);
        module.required.push_back({.path = path, .version = take_word(line)});
    } else if (verb == "replace") {
        Replacement replacement;
        replacement.path = take_word(line);
        auto word = take_word(line);
        if (word != "=>") {
            replacement.version = word;
            word = take_word(line);
        }
        if (word != "=>") return;
        replacement.by_path = take_word(line);
        replacement.by_version = take_word(line);
        module.replaced.push_back(replacement);
    }
}

GoModule parse_go_module(std::string_view text) {
    GoModule module;
    std::string_view block;
    while (!text.empty()) {
        auto line = trimmed(take_line(text));
        if (line.empty() || line.starts_with("//")) continue;
        if (line.front() == ')') {
            block = {};
        } else if (!block.empty()) {
            read_directive(block, line, module);
        } else {
            const auto verb = take_word(line);
            line = trimmed(line);
            if (line.starts_with('(')) {
                block = verb;
            } else {
                read_directive(verb, line, module);
            }
        }
    }
    return module;
}

}  // namespace

std::string go_toolchain_version(std::string_view text) {
    constexpr std::string_view mark = "go";
    if (!text.starts_with(mark)) return {};
    text.remove_prefix(mark.size());
    text = text.substr(0, text.find_first_of(" -+"));
    std::string version;
    std::size_t at = 0;
    int parts = 0;
    while (at < text.size() && parts < 3 && is_digit(text[at])) {
        const auto start = at;
        while (at < text.size() && is_digit(text[at])) ++at;
        if (parts++ > 0) version += '.';
        version += text.substr(start, at - start);
        if (at + 1 < text.size() && text[at] == '.' && is_digit(text[at + 1])) ++at;
    }
    if (parts == 0) return {};
    for (; parts < 3; ++parts) version += ".0";
    const auto rest = text.substr(at);
    for (const std::string_view stage : {"alpha", "beta", "rc"}) {
        if (rest.starts_with(stage)) version += '-' + std::string(stage) + '.' + std::string(rest.substr(stage.size()));
    }
    return version;
}

Result<std::vector<Package>> read_go_program(const FileContent& content) {
    const auto bytes = content.text();
    if (content.excerpt) {
        const auto info = parse_build_info(bytes, nullptr);
        if (!info) return unreadable("the build information of a large program is not where it was looked for");
        return packages_of(*info);
    }
    const auto program = parse_executable(bytes);
    if (!program) return std::vector<Package>{};
    const auto info = find_build_info(*program);
    return info ? packages_of(*info) : std::vector<Package>{};
}

bool is_go_module(const FileInfo& file) {
    return file.name() == "go.mod";
}

Result<std::vector<Package>> read_go_module(const FileContent& content) {
    const auto module = parse_go_module(content.text());
    // Of the replacements for a module, one for its very version counts before one for all.
    std::map<std::pair<std::string_view, std::string_view>, const Replacement*> replaced;
    for (const auto& replacement : module.replaced) replaced[{replacement.path, replacement.version}] = &replacement;
    std::vector<Package> packages;
    for (const auto& [path, version] : module.required) {
        auto found = replaced.find({path, version});
        if (found == replaced.end()) found = replaced.find({path, std::string_view{}});
        if (found == replaced.end()) {
            add_module(packages, path, version);
        } else {
            add_module(packages, found->second->by_path, found->second->by_version);
        }
    }
    return packages;
}

bool is_go_sum(const FileInfo& file) {
    return file.name() == "go.sum";
}

Result<std::vector<Package>> read_go_sum(const FileContent& content) {
    std::vector<Package> packages;
    // Sorted by module and then by version, so the last line of a module has its newest version. VERSION/go.mod is the
    // hash of a go.mod alone, which was needed to choose versions.
    for (auto rest = content.text(); !rest.empty();) {
        auto line = take_line(rest);
        const auto path = take_until(line, ' ');
        const auto version = take_until(line, ' ');
        if (version.contains('/')) continue;
        if (!packages.empty() && packages.back().name == path) packages.pop_back();
        if (auto* package = add_module(packages, path, version)) package->confidence = Confidence::guessed;
    }
    return packages;
}

}  // namespace berth::inventory
