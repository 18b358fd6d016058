#include "inventory/language_rust.hpp"

#include "archive/unpack.hpp"
#include "inventory/executable.hpp"
#include "inventory/language_json.hpp"
#include "inventory/language_text.hpp"

#include <utility>

namespace berth::inventory {

namespace {

namespace json = boost::json;

// As the format's own readers bound it.
constexpr std::uint64_t max_list_bytes = 8U << 20U;

Result<std::vector<Package>> read_list(std::string_view text) {
    auto parsed = parse_json_file(text);
    if (!parsed) return fail(std::move(parsed));
    const auto* object = parsed->if_object();
    const auto* list = object != nullptr ? array_member(*object, "packages") : nullptr;
    if (list == nullptr) return unreadable("the list of crates has no packages");
    std::vector<Package> packages;
    for (const auto& value : *list) {
        const auto* entry = value.if_object();
        if (entry == nullptr || is_true(*entry, "root")) continue;
        if (text_member(*entry, "kind") == "build" || text_member(*entry, "source") == "local") continue;
        add_package(packages, PackageType::cargo, text_member(*entry, "name"), text_member(*entry, "version"));
    }
    return packages;
}

const Section* list_of(const Executable& program) {
    const auto* section = program.section(".dep-v0");
    return section != nullptr ? section : program.section("__dep-v0");
}

}  // namespace

Result<std::vector<Package>> read_rust_program(const FileContent& content) {
    const auto program = parse_executable(content.text());
    const auto* section = program ? list_of(*program) : nullptr;
    if (section == nullptr) return std::vector<Package>{};
    const auto packed = std::as_bytes(std::span(section->bytes.data(), section->bytes.size()));
    auto unpacked = archive::inflate_all(packed, archive::Wrapping::zlib, max_list_bytes);
    if (!unpacked) return fail(std::move(unpacked));
    return read_list({reinterpret_cast<const char*>(unpacked->data()), unpacked->size()});
}

bool is_cargo_lock(const FileInfo& file) {
    return file.name() == "Cargo.lock";
}

// Cargo writes this file itself and in one way only, a line for each key, so no reader of TOML is needed.
Result<std::vector<Package>> read_cargo_lock(const FileContent& content) {
    std::vector<Package> packages;
    std::string_view name;
    std::string_view version;
    bool from_outside = false;
    const auto flush = [&] {
        if (from_outside) add_package(packages, PackageType::cargo, name, version);
        name = version = {};
        from_outside = false;
    };
    bool in_package = false;
    for (auto rest = content.text(); !rest.empty();) {
        const auto line = take_line(rest);
        if (line.starts_with('[')) {
            flush();
            in_package = line == "[[package]]";
        }
        if (!in_package) continue;
        if (line.starts_with("name = ")) name = quoted(line).value_or("");
        if (line.starts_with("version = ")) version = quoted(line).value_or("");
        from_outside = from_outside || line.starts_with("source = ");
    }
    flush();
    return packages;
}

}  // namespace berth::inventory
