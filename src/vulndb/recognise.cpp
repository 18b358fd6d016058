#include "vulndb/recognise.hpp"

#include "vulndb/importers.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace berth::vulndb {

namespace {

constexpr std::size_t max_keys = 200;

// The names of the members of the first object, and of the first object in it, as far as the text goes.
struct Outline {
    std::vector<std::string_view> keys;
    std::vector<std::string_view> inner;

    [[nodiscard]] bool has(std::string_view key) const { return std::ranges::find(keys, key) != keys.end(); }
    [[nodiscard]] bool has_any(std::initializer_list<std::string_view> wanted) const {
        return std::ranges::any_of(wanted, [this](auto key) { return has(key); });
    }
};

std::size_t end_of_string(std::string_view text, std::size_t from) {
    for (std::size_t at = from; at < text.size(); ++at) {
        if (text[at] == '\\')
            ++at;
        else if (text[at] == '"')
            return at;
    }
    return text.size();
}

// `text` starts with the first object's brace. A string is a name when a colon follows.
Outline outline_of(std::string_view text) {
    Outline outline;
    unsigned depth = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (c == '{' || c == '[') ++depth;
        if ((c == '}' || c == ']') && --depth == 0) break;
        if (c != '"') continue;
        const auto end = end_of_string(text, at + 1);
        const auto word = text.substr(at + 1, end - at - 1);
        const auto next = text.find_first_not_of(" \t\r\n", std::min(end + 1, text.size()));
        const bool is_name = next != std::string_view::npos && text[next] == ':';
        auto* names = depth == 1 ? &outline.keys : depth == 2 && outline.keys.size() == 1 ? &outline.inner : nullptr;
        if (is_name && names != nullptr && names->size() < max_keys) names->push_back(word);
        at = end;
    }
    return outline;
}

bool is_flaw_name(std::string_view name) {
    return name.starts_with("CVE-") || name.starts_with("TEMP-");
}

std::optional<FeedKind> kind_of(const Outline& outline) {
    if (outline.has("candidate") && outline.has("packages")) return FeedKind::ubuntu_tracker;
    if (outline.has("cves") && outline.has("packages")) return FeedKind::amazon_facts;
    if (outline.has_any({"urlprefix", "apkurl", "reponame", "distroversion"})) return FeedKind::alpine_secdb;
    if (outline.has_any({"catalogVersion", "dateReleased"})) return FeedKind::kev;
    if (outline.has("document")) return FeedKind::csaf_vex;
    if (outline.has_any({"resultsPerPage", "totalResults"})) return FeedKind::nvd;
    if (outline.has("id") && outline.has_any({"affected", "modified", "schema_version", "withdrawn"}))
        return FeedKind::osv;
    if (outline.has("affected")) return FeedKind::osv;
    if (!outline.inner.empty() && is_flaw_name(outline.inner.front())) return FeedKind::debian_tracker;
    return std::nullopt;
}

std::optional<FeedKind> recognise_json(std::string_view text) {
    auto at = text.find_first_not_of(" \t\r\n[");
    if (at == std::string_view::npos || text[at] != '{') return std::nullopt;
    return kind_of(outline_of(text.substr(at)));
}

std::optional<FeedKind> recognise_xml(std::string_view text) {
    return text.find("<updates") != std::string_view::npos ? std::optional(FeedKind::updateinfo) : std::nullopt;
}

std::optional<FeedKind> recognise_lines(std::string_view text) {
    if (text.starts_with("#model_version") || text.starts_with("cve,epss")) return FeedKind::epss;
    return std::nullopt;
}

constexpr std::size_t tar_magic_at = 257;

struct Row {
    FeedKind kind;
    Importer importer;
};
constexpr std::array<Row, 10> importers{{
    {FeedKind::osv, import_osv},
    {FeedKind::debian_tracker, import_debian_tracker},
    {FeedKind::alpine_secdb, import_secdb},
    {FeedKind::ubuntu_tracker, import_ubuntu_tracker},
    {FeedKind::amazon_facts, import_amazon_facts},
    {FeedKind::updateinfo, import_updateinfo},
    {FeedKind::csaf_vex, import_csaf_vex},
    {FeedKind::kev, import_kev},
    {FeedKind::epss, import_epss},
    {FeedKind::nvd, import_nvd},
}};

}  // namespace

Container recognise_container(std::string_view start) {
    if (start.starts_with("PK\x03\x04") || start.starts_with("PK\x05\x06")) return Container::zip;
    if (start.starts_with(std::string_view("SQLite format 3\0", 16))) return Container::database;
    if (start.size() > tar_magic_at && start.substr(tar_magic_at).starts_with("ustar")) return Container::tar;
    return Container::none;
}

std::size_t mark_bytes(std::string_view start) {
    constexpr std::string_view mark = "\xef\xbb\xbf";
    return start.starts_with(mark) ? mark.size() : 0;
}

std::optional<FeedKind> recognise_feed(std::string_view start) {
    start.remove_prefix(mark_bytes(start));
    const auto first = start.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return std::nullopt;
    if (start[first] == '{' || start[first] == '[') return recognise_json(start);
    if (start[first] == '<') return recognise_xml(start);
    return recognise_lines(start.substr(first));
}

Importer importer_of(FeedKind kind) {
    return std::ranges::find(importers, kind, &Row::kind)->importer;
}

}  // namespace berth::vulndb
