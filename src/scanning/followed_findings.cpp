#include "scanning/followed_findings.hpp"

#include "scan/join.hpp"
#include "vulndb/coding.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>

namespace berth::scanning {
namespace {

using FirstObserved = std::map<std::string, Timestamp, std::less<>>;

// Nothing was observed in an image before it followed.
void add_part(KeptFindings part, Timestamp since, KeptFindings& whole, FirstObserved& first) {
    for (std::size_t i = 0; i < part.first_observed.size(); ++i) {
        const auto at = std::max(part.first_observed[i], since);
        auto& known = first.try_emplace(part.findings.findings[i].id, at).first->second;
        known = std::min(known, at);
    }
    auto& notes = whole.findings.notes;
    for (auto& note : part.findings.notes) {
        if (std::ranges::find(notes, note) == notes.end()) notes.push_back(std::move(note));
    }
    std::ranges::move(part.findings.findings, std::back_inserter(whole.findings.findings));
}

}  // namespace

std::string Brief::encode(const std::vector<scan::Finding>& findings) {
    std::vector<const scan::Finding*> all;
    all.reserve(findings.size());
    for (const auto& finding : findings) all.push_back(&finding);
    std::ranges::sort(all, {}, [](const scan::Finding* one) { return std::string_view(one->id); });
    vulndb::Encoder to;
    for (const auto* finding : all) {
        to.number(static_cast<std::uint64_t>(finding->severity));
        to.text(finding->id);
    }
    return to.take();
}

Brief::Brief(std::string_view bytes) {
    vulndb::Decoder from(bytes);
    try {
        while (!from.done()) {
            const auto severity = std::min<std::uint64_t>(from.number(), std::size(store::SeverityCounts{}) - 1);
            entries_.emplace_back(from.text(), static_cast<scan::Severity>(severity));
        }
    } catch (const vulndb::BadCoding&) {
        return;
    }
}

bool Brief::has(std::string_view finding) const {
    return std::ranges::binary_search(entries_, finding, {}, [](const auto& entry) { return entry.first; });
}

store::SeverityCounts count(std::span<const Brief> parts) {
    decltype(Brief::entries_) all;
    for (const auto& part : parts) {
        const auto middle = static_cast<std::ptrdiff_t>(all.size());
        all.insert(all.end(), part.entries_.begin(), part.entries_.end());
        std::inplace_merge(all.begin(), all.begin() + middle, all.end());
    }
    // Of equal names the worst is the last.
    store::SeverityCounts counts{};
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (i + 1 < all.size() && all[i + 1].first == all[i].first) continue;
        ++counts.at(static_cast<std::size_t>(all[i].second));
    }
    return counts;
}

store::SeverityCounts count_parts(std::span<const store::FollowedPart> parts) {
    std::vector<Brief> briefs;
    briefs.reserve(parts.size());
    for (const auto& part : parts) briefs.emplace_back(part.brief);
    return count(briefs);
}

StoredFindings stored_findings(store::Transaction& tx, model::ImageRowId image) {
    StoredFindings stored{.own = tx.scans().findings(image), .parts = {}};
    for (auto& part : tx.inventories().followed(image)) {
        auto bytes = tx.inventories().findings(part.inventory);
        stored.parts.push_back({.followed = std::move(part), .bytes = std::move(bytes)});
    }
    return stored;
}

std::optional<KeptFindings> put_together(const StoredFindings& stored, bool headers_last) {
    if (stored.own.empty()) return KeptFindings{};
    auto whole = decode_findings(stored.own);
    if (!whole || stored.parts.empty()) return whole;
    FirstObserved first;
    for (std::size_t i = 0; i < whole->first_observed.size(); ++i) {
        first.emplace(whole->findings.findings[i].id, whole->first_observed[i]);
    }
    for (const auto& part : stored.parts) {
        auto kept = decode_findings(part.bytes);
        if (!kept) return std::nullopt;
        add_part(std::move(*kept), part.followed.since, *whole, first);
    }
    whole->findings.findings = scan::join(std::move(whole->findings.findings), headers_last);
    whole->first_observed.clear();
    for (const auto& finding : whole->findings.findings) whole->first_observed.push_back(first.at(finding.id));
    return whole;
}

}  // namespace berth::scanning
