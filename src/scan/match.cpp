#include "scan/match.hpp"

#include "scan/assemble.hpp"
#include "scan/end_of_life.hpp"
#include "scan/hits.hpp"
#include "scan/owners.hpp"
#include "scan/system.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <set>
#include <utility>

namespace berth::scan {

namespace {

std::string shown(const inventory::Distribution& distribution) {
    if (!distribution.name.empty()) return distribution.name;
    return distribution.version_id.empty() ? distribution.id : distribution.id + " " + distribution.version_id;
}

// Why the operating system's packages cannot be judged; an empty reason: they can.
struct Obstacle {
    std::string reason;
    bool unreadable = false;
    bool wants_advisories = false;
};

std::string joined(const std::vector<std::string>& texts) {
    std::string all;
    for (const auto& text : texts) all += (all.empty() ? "" : "; ") + text;
    return all;
}

Obstacle obstacle_of(const inventory::Inventory& inventory, const System* system, const vulndb::Database& database) {
    const bool unreadable = !inventory.gaps.empty();
    const auto gaps = unreadable ? ": " + joined(inventory.gaps) + "." : std::string(".");
    if (!inventory.distribution) {
        return {"The image names no operating system" + (unreadable ? " in what could be read" + gaps : gaps),
                unreadable};
    }
    const auto name = shown(*inventory.distribution);
    if (system == nullptr) return {"There are no advisories for the operating system " + name + "."};
    const bool has_packages = std::ranges::any_of(
        inventory.packages, [&](const inventory::Package& package) { return package.type == system->type; });
    if (!has_packages) {
        return {"The image has no package database of " + name + (unreadable ? " that could be read" + gaps : gaps),
                unreadable};
    }
    if (!database.covers(system->stream)) {
        return {.reason = "The vulnerability database holds nothing about " + name + ".", .wants_advisories = true};
    }
    return {};
}

// "2026-08-31" where the support of the release is over by now.
std::optional<std::string> ended_on(const System& system, const std::optional<Timestamp>& now) {
    const auto end = end_of_life(system.stream);
    if (!end || !now || *now < std::chrono::sys_days(*end) + std::chrono::days(1)) return std::nullopt;
    const auto two_digits = [](unsigned value) { return (value < 10 ? "0" : "") + std::to_string(value); };
    return std::to_string(static_cast<int>(end->year())) + "-" + two_digits(static_cast<unsigned>(end->month())) + "-" +
           two_digits(static_cast<unsigned>(end->day()));
}

// "12 packages ...: a 1, b 2 and 10 more".
void note_packages(const std::vector<const inventory::Package*>& packages, const std::string& what,
                   std::vector<std::string>& notes) {
    constexpr std::size_t most_named = 5;
    if (packages.empty()) return;
    auto note = std::to_string(packages.size()) + " " + what + ": ";
    for (std::size_t i = 0; i < std::min(packages.size(), most_named); ++i) {
        note += (i > 0 ? ", " : "") + packages[i]->name + " " + packages[i]->version;
    }
    if (packages.size() > most_named) note += " and " + std::to_string(packages.size() - most_named) + " more";
    notes.push_back(std::move(note));
}

void note_nameless_archives(const inventory::Inventory& inventory, std::vector<std::string>& notes) {
    std::vector<const inventory::Package*> nameless;
    for (const auto& package : inventory.packages) {
        if (package.type == inventory::PackageType::maven && package.name.find(':') == std::string::npos) {
            nameless.push_back(&package);
        }
    }
    note_packages(nameless, "Java archives do not say whose they are and were not looked up", notes);
}

IsAsked asked_languages(Depth depth, const System* system, const vulndb::Database& database) {
    return [depth, system, &database](const inventory::Package& package) {
        return depth == Depth::enhanced && !distribution_answers_for(package, system, database);
    };
}

// The ecosystems of the packages that the languages' own advisories are asked about.
struct Languages {
    bool any_known = false;
    std::set<std::string> unknown;  // those that the database holds nothing about
};

Languages languages_of(const std::vector<Query>& queries, const vulndb::Database& database) {
    Languages found;
    for (const auto& query : queries) {
        if (inventory::is_operating_system(query.package->type)) continue;
        const auto& stream = query.subject.stream;
        if (database.covers(stream)) {
            found.any_known = true;
        } else {
            found.unknown.insert(stream.ecosystem);
        }
    }
    return found;
}

// "The vulnerability database holds nothing about Go, npm."
std::string nothing_about(const std::set<std::string>& ecosystems) {
    std::string text = "The vulnerability database holds nothing about ";
    const char* separator = "";
    for (const auto& ecosystem : ecosystems) {
        text += separator + ecosystem;
        separator = ", ";
    }
    return text + ".";
}

void add_sentence(std::string sentence, std::string& text) {
    text += (text.empty() ? "" : " ") + sentence;
}

// What cannot be seen makes the scan unsupported, unless packages of languages are there to judge.
void take_obstacle(Obstacle obstacle, const Languages& languages, Findings& findings) {
    if (!obstacle.reason.empty() && !languages.any_known) {
        if (!languages.unknown.empty()) add_sentence(nothing_about(languages.unknown), obstacle.reason);
        findings.outcome = Outcome::unsupported_system;
        findings.unreadable = obstacle.unreadable;
        findings.wants_advisories = obstacle.wants_advisories || !languages.unknown.empty();
        findings.reason = std::move(obstacle.reason);
        return;
    }
    if (!obstacle.reason.empty()) {
        add_sentence("Only packages of languages were looked up.", obstacle.reason);
        findings.notes.push_back(std::move(obstacle.reason));
        // An image that is nothing but a program has no system to be judged.
        findings.partial = findings.partial || findings.distribution.has_value();
    }
    if (!languages.unknown.empty()) {
        findings.notes.push_back(nothing_about(languages.unknown) + " What the image has of it was not judged.");
        findings.partial = true;
    }
}

// Up to when what judges these packages is known, whatever other feeds the database has.
std::optional<std::int64_t> judged_until(const std::vector<Query>& queries, const vulndb::Database& database) {
    std::set<vulndb::Stream> streams;
    for (const auto& query : queries) streams.insert(query.subject.stream);
    return vulndb::known_until(database, {streams.begin(), streams.end()});
}

}  // namespace

Findings match(const inventory::Inventory& inventory, const vulndb::Database& database, const Options& options) {
    auto part = match_part(inventory, database, options);
    auto findings = conclude(inventory, database, options, !part.findings.empty());
    findings.findings = std::move(part.findings);
    std::ranges::move(part.notes, std::back_inserter(findings.notes));
    return findings;
}

Findings match_part(const inventory::Inventory& part, const vulndb::Database& database, const Options& options) {
    Findings findings;
    findings.database = database.freshness();
    auto known = part.distribution ? system_of(*part.distribution) : std::nullopt;
    if (known && !database.covers(known->stream)) known.reset();
    const auto* system = known ? &*known : nullptr;
    const auto queries = queries_of(part, system, asked_languages(options.depth, system, database));
    findings.database.newest_record_at = judged_until(queries, database);
    Records records(database);
    const auto hits = find_hits(queries, system, database, records);
    findings.findings = assemble(hits.hits, records, options.rank_kernel_headers_last);
    note_packages(hits.without_version, "packages have no version that could be compared", findings.notes);
    return findings;
}

Findings conclude(const inventory::Inventory& inventory, const vulndb::Database& database, const Options& options,
                  bool any_findings) {
    Findings findings;
    findings.database = database.freshness();
    findings.distribution = inventory.distribution;
    findings.notes = inventory.problems;
    findings.partial = !inventory.gaps.empty();
    const bool enhanced = options.depth == Depth::enhanced;
    const auto& distribution = inventory.distribution;
    const auto known = distribution ? system_of(*distribution) : std::nullopt;
    auto obstacle = obstacle_of(inventory, known ? &*known : nullptr, database);
    const auto* system = known && obstacle.reason.empty() ? &*known : nullptr;

    const auto queries = queries_of(inventory, system, asked_languages(options.depth, system, database));
    findings.database.newest_record_at = judged_until(queries, database);

    if (enhanced) note_nameless_archives(inventory, findings.notes);
    const auto day = system != nullptr ? ended_on(*system, options.now) : std::nullopt;
    if (distribution && day) {
        const auto text = "The support of " + shown(*distribution) + " ended on " + *day + ".";
        if (!any_findings) obstacle.reason = text;
        findings.notes.push_back(text + " What was found since is not in its advisories.");
    }
    take_obstacle(std::move(obstacle), enhanced ? languages_of(queries, database) : Languages{}, findings);
    return findings;
}

std::vector<Lookup> lookups_of(const inventory::Inventory& inventory, Depth depth) {
    const auto system = inventory.distribution ? system_of(*inventory.distribution) : std::nullopt;
    const bool languages = depth == Depth::enhanced;
    const auto queries =
        queries_of(inventory, system ? &*system : nullptr, [&](const inventory::Package&) { return languages; });
    std::vector<Lookup> lookups;
    for (const auto& query : queries) {
        lookups.push_back({.stream = query.subject.stream, .package = query.subject.name});
        // Whether the distribution answers for it may be the database's to say.
        const auto& owner = query.package->owner_source;
        const bool is_asked = system && system->type == inventory::PackageType::deb && !owner.empty();
        if (is_asked) lookups.push_back({.stream = system->stream, .package = owner});
    }
    std::ranges::sort(lookups);
    lookups.erase(std::ranges::unique(lookups).begin(), lookups.end());
    return lookups;
}

}  // namespace berth::scan
