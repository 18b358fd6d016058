#include "inventory/executable.hpp"
#include "inventory/file_reader.hpp"
#include "inventory/language_dotnet.hpp"
#include "inventory/language_go.hpp"
#include "inventory/language_java.hpp"
#include "inventory/language_npm.hpp"
#include "inventory/language_php.hpp"
#include "inventory/language_python.hpp"
#include "inventory/language_ruby.hpp"
#include "inventory/language_rust.hpp"

#include <array>
#include <utility>

namespace berth::inventory {

namespace {

constexpr std::uint64_t mib = 1U << 20U;
constexpr std::uint64_t small_text = 4 * mib;
constexpr std::uint64_t json_text = 64 * mib;
constexpr std::uint64_t program = 64 * mib;
constexpr std::uint64_t java_archive = 256 * mib;

// Windows programs have no permission bits in a layer.
bool may_be_a_program(const FileInfo& file) {
    const auto name = file.name();
    return file.executable() || name.ends_with(".exe") || name.ends_with(".dll") || name.ends_with(".so") ||
           name.ends_with(".node");
}

bool begins_as_a_program(std::span<const std::byte> bytes) {
    return looks_executable({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

// One reader for both: a program over the limit, searched for Go's marker, is no problem for having no list of crates.
Result<std::vector<Package>> read_program(const FileContent& content) {
    auto packages = read_go_program(content);
    if (!packages || !packages->empty() || content.excerpt) return packages;
    return read_rust_program(content);
}

// Readers of files that can only be read as a whole.
template <Result<std::vector<Package>> (*Read)(const FileContent&)>
Result<FileFacts> whole(const FileContent& content) {
    auto packages = Read(content);
    if (!packages) return fail(std::move(packages));
    FileFacts facts;
    facts.packages = std::move(*packages);
    return facts;
}

constexpr std::array readers = {
    FileReader{.name = "npm", .wants = is_npm_package, .max_bytes = small_text, .read = whole<read_npm_package>},
    FileReader{
        .name = "python", .wants = is_python_metadata, .max_bytes = small_text, .read = whole<read_python_metadata>},
    FileReader{.name = "python egg", .wants = is_python_egg, .max_bytes = program, .read = whole<read_python_egg>},
    FileReader{.name = "program",
               .wants = may_be_a_program,
               .recognises = begins_as_a_program,
               .max_bytes = program,
               .marker = go_build_info_marker,
               .excerpt_bytes = 2 * mib,
               .read = whole<read_program>},
    FileReader{.name = "java", .wants = is_java_archive, .max_bytes = java_archive, .read = read_java_archive},
    FileReader{
        .name = "gem", .wants = is_gem_specification, .max_bytes = small_text, .read = whole<read_gem_specification>},
    FileReader{.name = ".net",
               .wants = is_dotnet_dependencies,
               .max_bytes = json_text,
               .read = whole<read_dotnet_dependencies>},
    FileReader{.name = "composer",
               .wants = is_composer_installed,
               .max_bytes = json_text,
               .read = whole<read_composer_installed>},
    // What somebody meant to install.
    FileReader{.name = "npm lock",
               .scope = Scope::source_tree,
               .wants = is_npm_lock,
               .max_bytes = json_text,
               .read = whole<read_npm_lock>},
    FileReader{.name = "go.mod",
               .scope = Scope::source_tree,
               .wants = is_go_module,
               .max_bytes = small_text,
               .read = whole<read_go_module>},
    FileReader{.name = "go.sum",
               .scope = Scope::source_tree,
               .wants = is_go_sum,
               .max_bytes = small_text,
               .read = whole<read_go_sum>},
    FileReader{.name = "cargo lock",
               .scope = Scope::source_tree,
               .wants = is_cargo_lock,
               .max_bytes = small_text,
               .read = whole<read_cargo_lock>},
    FileReader{.name = "gem lock",
               .scope = Scope::source_tree,
               .wants = is_gem_lock,
               .max_bytes = small_text,
               .read = whole<read_gem_lock>},
    FileReader{.name = "nuget lock",
               .scope = Scope::source_tree,
               .wants = is_nuget_lock,
               .max_bytes = json_text,
               .read = whole<read_nuget_lock>},
    FileReader{.name = "composer lock",
               .scope = Scope::source_tree,
               .wants = is_composer_lock,
               .max_bytes = json_text,
               .read = whole<read_composer_lock>},
};

}  // namespace

std::span<const FileReader> language_readers() {
    return readers;
}

}  // namespace berth::inventory
