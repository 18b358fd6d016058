// Alpine's secdb, a file a repository of a branch: packages[].pkg.{name, secfixes: {version: [ids]}}. A flaw is fixed
// from that version on; version 0 says that the package never had it. Several names may stand in one string. Wolfi and
// Chainguard publish the same form without a branch.
#include "vulndb/importers.hpp"
#include "vulndb/json_walk.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace berth::vulndb {

namespace {

constexpr std::size_t max_waiting_bytes = std::size_t{256} << 20;

// Where the file's packages are, and whose file it is.
struct Branch {
    Stream stream;
    std::string_view source;
    std::string_view page;
};

std::optional<Branch> branch_of(std::string_view address, std::string_view version) {
    if (address.find("wolfi.dev") != std::string_view::npos)
        return Branch{.stream = {.ecosystem = "Wolfi", .release = {}},
                      .source = "WOLFI",
                      .page = "https://images.chainguard.dev/security/"};
    if (address.find("cgr.dev") != std::string_view::npos)
        return Branch{.stream = {.ecosystem = "Chainguard", .release = {}},
                      .source = "CHAINGUARD",
                      .page = "https://images.chainguard.dev/security/"};
    if (version.empty()) return std::nullopt;
    return Branch{
        .stream = {.ecosystem = "Alpine", .release = std::string(version.substr(version.starts_with('v') ? 1 : 0))},
        .source = "ALPINE_SECDB",
        .page = "https://security.alpinelinux.org/vuln/"};
}

// "CVE-2019-17349 CVE-2019-17350 XSA-295": two flaws of one advisory, or one flaw with its other name.
std::vector<std::string> split_names(std::string_view text) {
    std::vector<std::string> names;
    while (!text.empty()) {
        const auto end = text.find(' ');
        if (end != 0) names.emplace_back(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return names;
}

bool is_cve(std::string_view name) {
    return name.starts_with("CVE-");
}

// "CVE-????-?????", "CVE-2022-?????": there was no number yet, and nobody can look it up.
bool is_placeholder(std::string_view name) {
    return is_cve(name) && name.find_first_not_of("0123456789-", 4) != std::string_view::npos;
}

// Each CVE is a flaw of its own, whose other names stand beside it; without a CVE the first name is the flaw's.
void take_fix(const Branch& branch, const std::string& package, std::string_view version, std::string_view ids,
              RecordSink& sink) {
    auto names = split_names(ids);
    std::vector<std::string> flaws;
    std::vector<std::string> others;
    if (std::erase_if(names, is_placeholder) > 0 && names.empty())
        return sink.skip(package, "a fix of what has no name but " + std::string(ids));
    for (auto& name : names) (is_cve(name) ? flaws : others).push_back(std::move(name));
    if (flaws.empty() && !others.empty()) {
        flaws.push_back(std::move(others.front()));
        others.erase(others.begin());
    }
    for (auto& flaw : flaws) {
        Record record;
        record.part = true;
        record.vulnerability.source = branch.source;
        record.vulnerability.uri = std::string(branch.page) + flaw;
        (flaws.size() == 1 ? record.vulnerability.aliases : record.vulnerability.related) = others;
        record.vulnerability.id = std::move(flaw);
        Affected affected;
        if (version == "0")
            affected.state = FixState::not_affected;
        else
            affected.ranges.push_back({.introduced = {}, .fixed = std::string(version), .last_affected = {}});
        record.advice.push_back({.stream = branch.stream, .package = package, .affected = std::move(affected)});
        sink.take(std::move(record));
    }
}

void read_package(const Branch& branch, const JsonObject& item, RecordSink& sink) {
    const auto package = object_of(item, "pkg");
    const auto name = package ? text_of(*package, "name") : std::string{};
    const auto fixes = package ? object_of(*package, "secfixes") : std::nullopt;
    if (name.empty() || !fixes) return sink.skip(name, "a package without name or secfixes");
    for (const auto [version, value] : *fixes) {
        if (value.is_null()) continue;
        JsonArray ids;
        if (value.get(ids) != simdjson::SUCCESS) {
            sink.skip(name, "fixes that are no list");
            continue;
        }
        for (const auto id : ids) take_fix(branch, name, version, as_text(id), sink);
    }
}

}  // namespace

// The branch may be named behind the packages, so they wait: as text, a record each.
Result<void> import_secdb(archive::Source& text, RecordSink& sink) {
    JsonText json(text);
    JsonRecords records;
    std::string address;
    std::string version;
    std::vector<std::string> packages;
    std::size_t waiting = 0;
    const auto walked = json.members([&](const std::string& key) -> Result<void> {
        if (key == "packages")
            return json.elements([&]() -> Result<void> {
                const auto package = json.value();
                if (!package) return std::unexpected(package.error());
                waiting += package->size();
                if (waiting > max_waiting_bytes)
                    return fail(FaultKind::too_large, "secdb: more packages than any branch has");
                packages.emplace_back(*package);
                return {};
            });
        const auto value = json.value();
        if (!value) return std::unexpected(value.error());
        if (value->size() < 2 || value->front() != '"') return {};
        const auto content = value->substr(1, value->size() - 2);
        if (key == "urlprefix") address = content;
        if (key == "distroversion") version = content;
        return {};
    });
    if (!walked) return walked;
    const auto branch = branch_of(address, version);
    if (!branch) return fail(FaultKind::invalid_parameter, "secdb: it does not say which branch it is about");
    for (const auto& package : packages) {
        if (const auto item = records.parse(package))
            read_package(*branch, *item, sink);
        else
            sink.skip({}, "not an object of JSON");
    }
    return {};
}

}  // namespace berth::vulndb
