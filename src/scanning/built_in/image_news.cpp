#include "scanning/built_in/image_news.hpp"

#include "registry/events.hpp"
#include "scanning/scan_events.hpp"

#include <algorithm>

namespace berth::scanning {

News news_of(const KeptFindings& kept, const std::vector<std::string>& ids) {
    const auto& database = kept.findings.database;
    News news{.findings = {}, .source_updated_at = std::nullopt, .generation = database.generation};
    if (database.newest_record_at)
        news.source_updated_at = Timestamp(std::chrono::milliseconds(*database.newest_record_at));
    for (std::size_t i = 0; !ids.empty() && i < kept.first_observed.size(); ++i) {
        const auto& finding = kept.findings.findings[i];
        if (std::ranges::find(ids, finding.id) == ids.end()) continue;
        news.findings.push_back(
            {.id = finding.id, .detail = finding_detail(finding), .first_observed = kept.first_observed[i]});
    }
    return news;
}

void ImageTeller::tell(const store::FollowingImage& following, store::InventoryId inventory, const News& news) {
    ++rows_;
    auto scan = tx_.scans().find(following.image);
    if (!scan || scan->type != store::ScanType::enhanced || scan->state != store::ScanState::complete) return;
    const auto parts = tx_.inventories().followed(following.image);
    std::vector<Brief> briefs;
    std::vector<const Brief*> others;
    briefs.reserve(parts.size());
    for (const auto& part : parts) {
        const auto& brief = briefs.emplace_back(part.brief);
        if (part.inventory != inventory) others.push_back(&brief);
    }
    scan->counts = count(briefs);
    scan->completed_at = services_.clock.now();
    scan->source_updated_at = news.source_updated_at;
    scan->generation = news.generation;
    ++scan->revision;
    tx_.scans().put(*scan);

    std::optional<model::Image> image;
    for (const auto& finding : news.findings) {
        // Part of the scan that made it follow, or of another layer before.
        if (following.since >= finding.first_observed) continue;
        if (std::ranges::any_of(others, [&](const Brief* other) { return other->has(finding.id); })) continue;
        if (!image) image = tx_.images().find(following.image);
        if (!image) return;
        const auto* in = repository(image->repository);
        if (in == nullptr) return;
        registry::announce_scan(services_, tx_, registry::event::scan_finding,
                                {.registry = in->registry, .name = in->name}, *image, finding.detail);
        ++rows_;
    }
}

const model::Repository* ImageTeller::repository(model::RepositoryId id) {
    if (!repository_ || repository_->id != id) repository_ = tx_.repositories().find(id);
    return repository_ ? &*repository_ : nullptr;
}

}  // namespace berth::scanning
