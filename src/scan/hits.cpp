#include "scan/hits.hpp"

#include "scan/flaw_names.hpp"
#include "scan/minor_release.hpp"
#include "scan/modules.hpp"
#include "scan/range.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <span>

namespace berth::scan {

namespace {

using vulndb::Affected;

bool is_same_subject(const Subject& a, const Subject& b) {
    return a.name == b.name && a.stream == b.stream;
}

bool has_architecture(const Affected& affected, const std::string& arch) {
    if (affected.architectures.empty() || arch.empty() || arch == "noarch" || arch == "all") return true;
    return std::ranges::any_of(affected.architectures,
                               [&](const std::string& listed) { return listed == arch || listed == "noarch"; });
}

// Ubuntu's paid fixes (1.0-1ubuntu1+esm2, ...~esm1) are no fix for an image without that subscription; such an image
// has no version of that kind.
bool is_paid_fix(const std::string& fixed_in, const std::string& version) {
    return fixed_in.find("esm") != std::string::npos && version.find("esm") == std::string::npos;
}

// All packages of one subject against the advice on it.
class Group {
public:
    Group(std::span<const Query> queries, const System* system, const vulndb::Database& database, Records& records)
        : queries_(queries), system_(system), records_(records) {
        const auto& subject = queries.front().subject;
        advice_ = database.find(subject.stream, subject.name);
    }

    void add_to(Hits& all) {
        if (advice_->empty()) return;
        for (std::size_t i = 0; i < queries_.size(); ++i) {
            if (is_beyond_compare(queries_[i].subject)) all.without_version.push_back(queries_[i].package);
            if (i > 0 && copy_hits(queries_[i - 1], queries_[i], all.hits)) continue;
            first_ = all.hits.size();
            add_hits(queries_[i], all);
        }
    }

private:
    // What is open for all versions is found all the same; what has a bound is not.
    [[nodiscard]] bool is_beyond_compare(const Subject& subject) const {
        return !versions::is_version(subject.scheme, subject.version) &&
               std::ranges::any_of(*advice_, depends_on_version);
    }

    // Binaries of one source mostly have one version: what holds for one holds for the next.
    bool copy_hits(const Query& before, const Query& query, std::vector<PackageHit>& hits) const {
        const auto& a = *before.package;
        const auto& b = *query.package;
        if (before.subject.version != query.subject.version || a.arch != b.arch || a.module_label != b.module_label) {
            return false;
        }
        const auto end = hits.size();
        for (auto i = first_; i < end && hits[i].package == hits[first_].package; ++i) {
            auto hit = hits[i];
            hit.package = query.package;
            hit.subject = &query.subject;
            hits.push_back(std::move(hit));
        }
        return true;
    }

    void add_hits(const Query& query, Hits& all) {
        const auto& subject = query.subject;
        std::optional<std::set<std::string>> mended;
        for (const auto& affected : *advice_) {
            auto hit = find_hit(affected, subject.scheme, subject.version);
            if (!hit || !speaks_of(affected, *hit, query)) continue;
            if (is_paid_fix(hit->fixed_in, subject.version)) hit->fixed_in.clear();
            PackageHit found{.package = query.package,
                             .subject = &subject,
                             .record = affected.vulnerability,
                             .state = affected.state,
                             .severity = affected.severity,
                             .fixed_in = std::move(hit->fixed_in),
                             .cves = {}};
            if (is_told_elsewhere(found)) continue;
            if (is_of_another_minor(found)) {
                if (!mended) mended = mended_in_own_minor(query);
                if (is_mended(found, *mended)) continue;
            }
            all.hits.push_back(std::move(found));
        }
    }

    bool speaks_of(const Affected& affected, const Hit& hit, const Query& query) {
        const auto& package = *query.package;
        if (!has_architecture(affected, package.arch)) return false;
        if (package.type != inventory::PackageType::rpm) return true;
        ModularAdvice advice{.label = affected.module_label, .fixed_in = hit.fixed_in, .summary = {}};
        if (advice.label.empty() && has_module_mark(hit.fixed_in)) {
            advice.summary = records_.get(affected.vulnerability).summary;
        }
        return is_same_module(advice, package.module_label, query.subject.version);
    }

    // Fills in the CVEs of an erratum. True: each of them has a record of its own here, which decides.
    bool is_told_elsewhere(PackageHit& hit) {
        if (!inventory::is_operating_system(hit.package->type)) return false;
        hit.cves = cves_of_erratum(records_.get(hit.record));
        if (hit.cves.empty() || system_ == nullptr || !system_->errata_beside_cves) return false;
        if (!own_records_) own_records_ = cves_with_records();
        std::erase_if(hit.cves, [&](const std::string& cve) { return own_records_->contains(cve); });
        return hit.cves.empty();
    }

    // The fix of a minor release that the package was not built for.
    static bool is_of_another_minor(const PackageHit& hit) {
        if (hit.package->type != inventory::PackageType::rpm || hit.fixed_in.empty()) return false;
        const auto own = minor_release_in(hit.subject->version);
        return !own.empty() && own != minor_release_in(hit.fixed_in);
    }

    // The CVEs whose fix for its own minor release the package has.
    std::set<std::string> mended_in_own_minor(const Query& query) {
        std::set<std::string> cves;
        const auto& version = query.subject.version;
        const auto own = minor_release_in(version);
        for (const auto& affected : *advice_) {
            for (const auto& range : affected.ranges) {
                if (!range.fixed || minor_release_in(*range.fixed) != own) continue;
                const auto order = versions::compare(query.subject.scheme, version, *range.fixed);
                if (!order || *order < 0 || !speaks_of(affected, Hit{.fixed_in = *range.fixed}, query)) continue;
                const auto& record = records_.get(affected.vulnerability);
                cves.insert(cve_of(record));
                for (auto& cve : cves_of_erratum(record)) cves.insert(std::move(cve));
            }
        }
        cves.erase(std::string());
        return cves;
    }

    // Takes from an erratum what is mended; true: nothing is left.
    bool is_mended(PackageHit& hit, const std::set<std::string>& mended) {
        if (hit.cves.empty()) return mended.contains(cve_of(records_.get(hit.record)));
        std::erase_if(hit.cves, [&](const std::string& cve) { return mended.contains(cve); });
        return hit.cves.empty();
    }

    std::set<std::string> cves_with_records() {
        std::set<std::string> cves;
        for (const auto& affected : *advice_) cves.insert(cve_of(records_.get(affected.vulnerability)));
        cves.erase(std::string());
        return cves;
    }

    std::span<const Query> queries_;
    const System* system_;
    Records& records_;
    vulndb::AdviceList advice_;
    std::optional<std::set<std::string>> own_records_;
    std::size_t first_ = 0;  // of the hits of the package before
};

}  // namespace

const vulndb::Vulnerability& Records::get(std::int64_t key) {
    const auto known = records_.find(key);
    if (known != records_.end()) return *known->second;
    return *records_.emplace(key, database_.vulnerability(key)).first->second;
}

std::vector<Query> queries_of(const inventory::Inventory& inventory, const System* system, const IsAsked& is_asked) {
    std::vector<Query> queries;
    queries.reserve(inventory.packages.size());
    for (const auto& package : inventory.packages) {
        if (!inventory::is_operating_system(package.type) && !is_asked(package)) continue;
        if (auto subject = subject_of(package, system)) {
            queries.push_back({.subject = std::move(*subject), .package = &package});
        }
    }
    std::ranges::stable_sort(queries, [](const Query& a, const Query& b) {
        if (a.subject.name != b.subject.name) return a.subject.name < b.subject.name;
        if (a.subject.stream != b.subject.stream) return a.subject.stream < b.subject.stream;
        return a.subject.version < b.subject.version;
    });
    return queries;
}

Hits find_hits(const std::vector<Query>& queries, const System* system, const vulndb::Database& database,
               Records& records) {
    Hits hits;
    const std::span all(queries);
    for (std::size_t i = 0; i < all.size();) {
        std::size_t end = i + 1;
        while (end < all.size() && is_same_subject(all[i].subject, all[end].subject)) ++end;
        Group(all.subspan(i, end - i), system, database, records).add_to(hits);
        i = end;
    }
    return hits;
}

}  // namespace berth::scan
