#include "scan/range.hpp"

#include <algorithm>

namespace berth::scan {

namespace {

using versions::Scheme;

bool is_beginning(std::string_view bound) {
    return bound.empty() || bound == "0";
}

// Feeds of npm and crates shorten bounds (1.2 for 1.2.0), which those ecosystems themselves would not take.
std::string completed(std::string_view bound) {
    std::string text(bound);
    const auto numbers = bound.substr(0, bound.find_first_of("-+"));
    if (numbers.size() != bound.size()) return text;
    for (auto dots = std::ranges::count(bound, '.'); dots < 2; ++dots) text += ".0";
    return text;
}

versions::Order compare_with_bound(Scheme scheme, std::string_view version, std::string_view bound) {
    const auto order = versions::compare(scheme, version, bound);
    if (order || (scheme != Scheme::npm && scheme != Scheme::crates)) return order;
    return versions::compare(scheme, version, completed(bound));
}

bool begins_by(const vulndb::Range& range, Scheme scheme, std::string_view version) {
    if (is_beginning(range.introduced)) return true;
    const auto order = compare_with_bound(scheme, version, range.introduced);
    return order && *order >= 0;
}

bool is_inside(const vulndb::Range& range, Scheme scheme, std::string_view version) {
    if (range.fixed) {
        const auto order = compare_with_bound(scheme, version, *range.fixed);
        if (*range.fixed == "0" || !order || *order >= 0) return false;
    }
    if (range.last_affected) {
        const auto order = compare_with_bound(scheme, version, *range.last_affected);
        if (!order || *order > 0) return false;
    }
    return begins_by(range, scheme, version);
}

bool is_listed(const vulndb::Affected& affected, Scheme scheme, std::string_view version) {
    return std::ranges::any_of(affected.versions, [&](const std::string& listed) {
        if (listed == version) return true;
        const auto order = versions::compare(scheme, version, listed);
        return order && *order == 0;
    });
}

// Where several ranges overlap (a fix for each of several streams), the way out of one may lead into the next.
std::string first_fix(const vulndb::Affected& affected, Scheme scheme, std::string_view version) {
    constexpr int most_steps = 16;
    std::string_view reached = version;
    for (int i = 0; i < most_steps; ++i) {
        const auto around = std::ranges::find_if(
            affected.ranges, [&](const vulndb::Range& range) { return is_inside(range, scheme, reached); });
        if (around == affected.ranges.end()) return reached == version ? std::string() : std::string(reached);
        const auto& fixed = around->fixed;
        if (!fixed) return {};
        reached = *fixed;
    }
    return {};
}

// Of a version that is only listed: the smallest fix after it.
std::string next_fix(const vulndb::Affected& affected, Scheme scheme, std::string_view version) {
    std::string_view best;
    for (const auto& range : affected.ranges) {
        if (!range.fixed) continue;
        const auto after = compare_with_bound(scheme, version, *range.fixed);
        if (!after || *after >= 0) continue;
        const auto better = best.empty() ? after : versions::compare(scheme, *range.fixed, best);
        if (better && *better < 0) best = *range.fixed;
    }
    return std::string(best);
}

bool speaks_of_flaw(const vulndb::Affected& affected) {
    return affected.state != vulndb::FixState::not_affected && affected.state != vulndb::FixState::undetermined;
}

}  // namespace

bool depends_on_version(const vulndb::Affected& affected) {
    if (!speaks_of_flaw(affected)) return false;
    return !affected.versions.empty() || std::ranges::any_of(affected.ranges, [](const vulndb::Range& range) {
        return !is_beginning(range.introduced) || range.last_affected || (range.fixed && *range.fixed != "0");
    });
}

std::optional<Hit> find_hit(const vulndb::Affected& affected, Scheme scheme, std::string_view version) {
    if (!speaks_of_flaw(affected)) return std::nullopt;
    const bool inside = std::ranges::any_of(
        affected.ranges, [&](const vulndb::Range& range) { return is_inside(range, scheme, version); });
    if (inside) return Hit{.fixed_in = first_fix(affected, scheme, version)};
    if (!is_listed(affected, scheme, version)) return std::nullopt;
    return Hit{.fixed_in = next_fix(affected, scheme, version)};
}

}  // namespace berth::scan
