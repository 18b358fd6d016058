#include "scan/flaw_names.hpp"

#include "vulndb/names.hpp"

#include <algorithm>
#include <utility>

namespace berth::scan {

namespace {

// The CVE first, then GitHub's name, which most other tools know; else the first in order.
bool is_better_name(std::string_view a, std::string_view b) {
    const auto rank = [](std::string_view name) {
        return name.starts_with("CVE-") ? 0 : name.starts_with("GHSA-") ? 1 : 2;
    };
    return rank(a) != rank(b) ? rank(a) < rank(b) : a < b;
}

}  // namespace

std::string cve_of(const vulndb::Vulnerability& record) {
    if (const auto own = vulndb::cve_in_name(record.id); !own.empty()) return std::string(own);
    std::string first;
    for (const auto& alias : record.aliases) {
        const auto cve = vulndb::cve_in_name(alias);
        if (!cve.empty() && (first.empty() || cve < first)) first = cve;
    }
    return first;
}

std::vector<std::string> cves_of_erratum(const vulndb::Vulnerability& record) {
    std::vector<std::string> cves;
    if (!cve_of(record).empty()) return cves;
    for (const auto& name : record.related) {
        const auto cve = vulndb::cve_in_name(name);
        if (!cve.empty()) cves.emplace_back(cve);
    }
    std::ranges::sort(cves);
    cves.erase(std::ranges::unique(cves).begin(), cves.end());
    return cves;
}

void FlawNames::add(const vulndb::Vulnerability& record) {
    const auto cve = cve_of(record);
    if (cve.empty()) {
        without_cve_.push_back(record.id);
        for (const auto& alias : record.aliases) tie(record.id, alias);
        return;
    }
    by_record_[record.id] = cve;
    const auto remember = [&](const std::string& name) {
        if (!vulndb::cve_in_name(name).empty()) return;
        auto& known = cve_of_.try_emplace(name, cve).first->second;
        if (cve < known) known = cve;
    };
    remember(record.id);
    for (const auto& alias : record.aliases) remember(alias);
}

std::string FlawNames::root_of(const std::string& name) {
    auto root = name;
    for (auto up = parent_.find(root); up != parent_.end(); up = parent_.find(root)) root = up->second;
    // Shorten the way for the next one who asks.
    for (auto up = parent_.find(name); up != parent_.end() && up->second != root;) {
        const auto next = std::exchange(up->second, root);
        up = parent_.find(next);
    }
    return root;
}

void FlawNames::tie(const std::string& a, const std::string& b) {
    const auto first = root_of(a);
    const auto second = root_of(b);
    if (first == second) return;
    // The better name is the root, so that the order of the records has no say.
    const bool keeps = is_better_name(first, second);
    parent_[keeps ? second : first] = keeps ? first : second;
}

void FlawNames::settle() {
    Names best;  // by root
    const auto offer = [&](const std::string& root, const std::string& name) {
        auto& known = best.try_emplace(root, name).first->second;
        if (is_better_name(name, known)) known = name;
    };
    const auto offer_cve = [&](const std::string& name) {
        const auto cve = cve_of_.find(name);
        if (cve != cve_of_.end()) offer(root_of(name), cve->second);
    };
    for (const auto& [name, parent] : parent_) {
        offer_cve(name);
        offer_cve(parent);
    }
    for (const auto& id : without_cve_) {
        offer_cve(id);
        offer(root_of(id), id);
    }
    for (const auto& id : without_cve_) by_record_[id] = best.at(root_of(id));
}

const std::string& FlawNames::name_of(const vulndb::Vulnerability& record) const {
    return by_record_.at(record.id);
}

}  // namespace berth::scan
