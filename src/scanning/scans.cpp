#include "scanning/scans.hpp"

#include "oci/manifest.hpp"
#include "registry/access.hpp"
#include "registry/faults.hpp"
#include "registry/job_bell.hpp"
#include "registry/scan_requests.hpp"
#include "scanning/followed_findings.hpp"
#include "scanning/image_config.hpp"
#include "scanning/index_scans.hpp"
#include "scanning/suppressing.hpp"

#include <algorithm>
#include <utility>

namespace berth::scanning {

namespace {

using store::ScanState;

constexpr std::size_t images_at_once = 200;

Result<model::Image> find_image(store::Transaction& tx, const registry::RepositoryRef& repository,
                                model::RepositoryId in, const model::ImageIdentifier& id) {
    auto image = registry::find_image(tx, in, id);
    if (!image || (id.digest && image->digest != *id.digest)) {
        return std::unexpected(registry::image_not_found(repository, id));
    }
    return std::move(*image);
}

// The image, or of an index those of its children that can be scanned.
std::vector<model::Image> scannable(const registry::Services& services, store::Transaction& tx,
                                    const model::Image& image) {
    std::vector<model::Image> found;
    if (registry::is_scannable(services, tx, image)) return {image};
    for (auto& child : tx.images().children(image.id)) {
        if (child.status == model::ImageStatus::active && registry::is_scannable(services, tx, child)) {
            found.push_back(std::move(child));
        }
    }
    return found;
}

// Of an image's manifest, what the enhanced form names. The configuration comes first.
std::vector<model::Digest> blobs_of(const registry::Services& services, store::Transaction& tx,
                                    const model::Image& image) {
    std::vector<model::Digest> blobs;
    const auto manifest = oci::parse_manifest(tx.images().manifest(image.id), image.media_type,
                                              {.depth = services.settings.manifest_depth});
    if (!manifest) return blobs;
    for (const auto& blob : manifest->blobs) blobs.push_back(blob.digest);
    return blobs;
}

Task<void> describe(registry::Services& services, const std::vector<model::Digest>& blobs, ScannedImage& image) {
    if (blobs.empty()) co_return;
    for (std::size_t i = 1; i < blobs.size(); ++i) image.layers.push_back(blobs[i].text());
    auto config = co_await image_config(services, image.image.repository, blobs.front());
    if (config) image.platform = std::move(config->platform);
}

bool running(const std::optional<store::ImageScan>& scan) {
    return scan && (scan->state == ScanState::pending || scan->state == ScanState::in_progress);
}

// All of an index's children as if they were one scan; an image is its own.
store::ImageScan together(const std::vector<ScannedImage>& images) {
    if (images.size() == 1) return images.front().scan;
    std::vector<ChildScan> children;
    children.reserve(images.size());
    for (const auto& one : images) children.push_back({.digest = one.image.digest, .scan = one.scan});
    return scanning::together(children);
}

}  // namespace

Task<Result<model::Image>> Scans::start(const registry::Call& call, registry::RepositoryRef repository,
                                        model::ImageIdentifier id) {
    auto entered = co_await registry::enter(services_, call, iam::action::start_image_scan, repository);
    if (!entered) co_return fail(std::move(entered));
    const auto& row = **entered;
    auto started = co_await services_.metadata.write([&](store::Transaction& tx) -> Result<model::Image> {
        const auto configuration = registry::scanning_configuration(tx, repository.registry);
        if (configuration.type == store::ScanType::enhanced && !services_.settings.scans.manual_enhanced) {
            return fail(FaultKind::not_offered,
                        "This feature is disabled: the registry is configured for enhanced scanning");
        }
        auto image = find_image(tx, repository, row.id, id);
        if (!image) return image;
        if (image->status != model::ImageStatus::active) {
            return std::unexpected(registry::image_archived(repository, image->digest));
        }
        const auto images = scannable(services_, tx, *image);
        if (images.empty()) return std::unexpected(registry::unsupported_image_type(repository, image->digest));
        const auto interval = services_.settings.scans.manual_interval;
        for (const auto& one : images) {
            const auto scan = registry::current_scan(tx, configuration.type, one.id);
            if (interval.count() > 0 && scan && scan->requested_at + interval > services_.clock.now()) {
                return fail(FaultKind::limit_exceeded,
                            "The scan quota per image has been exceeded. Wait and try again.");
            }
            if (!running(scan)) registry::request_scan(services_, tx, configuration, row, one.id);
        }
        return image;
    });
    if (started) services_.bell.ring_for_scan();
    co_return started;
}

Task<Result<ScanReport>> Scans::report(const registry::Call& call, registry::RepositoryRef repository,
                                       model::ImageIdentifier id) {
    auto entered = co_await registry::enter(services_, call, iam::action::describe_image_scan_findings, repository);
    if (!entered) co_return fail(std::move(entered));
    std::vector<StoredFindings> stored;
    std::vector<std::vector<model::Digest>> blobs;
    std::vector<store::SuppressionRule> rules;
    auto report = co_await services_.metadata.read([&](store::Transaction& tx) -> Result<ScanReport> {
        auto image = find_image(tx, repository, (*entered)->id, id);
        if (!image) return fail(std::move(image));
        const auto configuration = registry::scanning_configuration(tx, repository.registry);
        ScanReport made{.digest = image->digest, .scan = {}, .images = {}};
        const auto index_tags = tx.images().tags(image->id);
        const auto add = [&](model::Image one) {
            auto scan = registry::current_scan(tx, configuration.type, one.id);
            if (!scan) return;
            stored.push_back(scan->state == ScanState::complete ? stored_findings(tx, one.id) : StoredFindings());
            auto tags = one.id == image->id ? std::vector<model::Tag>() : tx.images().tags(one.id);
            tags.insert(tags.end(), index_tags.begin(), index_tags.end());
            // The basic form does not name them.
            blobs.push_back(configuration.type == store::ScanType::enhanced ? blobs_of(services_, tx, one)
                                                                            : std::vector<model::Digest>());
            made.images.push_back({.image = std::move(one),
                                   .tags = std::move(tags),
                                   .layers = {},
                                   .platform = {},
                                   .scan = std::move(*scan),
                                   .kept = {}});
        };
        add(*image);
        if (made.images.empty()) std::ranges::for_each(tx.images().children(image->id), add);
        if (made.images.empty()) return std::unexpected(registry::scan_not_found(repository, id));
        made.scan = together(made.images);
        rules = tx.scans().suppressions(repository.registry);
        return made;
    });
    if (!report) co_return report;
    for (std::size_t i = 0; i < stored.size(); ++i) {
        if (stored[i].own.empty()) continue;
        co_await describe(services_, blobs[i], report->images[i]);
        auto kept = put_together(stored[i], headers_last_);
        if (!kept) {
            co_return fail(FaultKind::internal, "the findings of image " + report->images[i].image.digest.text() +
                                                    " cannot be read; scan it again");
        }
        report->images[i].kept = std::move(*kept);
        suppress_by_rules(rules, repository, services_.clock.now(), report->images[i]);
    }
    auto documents = co_await suppress_by_vex(services_, repository, *report);
    if (!documents) co_return fail(std::move(documents));
    co_return report;
}

Task<Result<void>> Scans::add_index_scans(model::Registry registry, std::vector<store::TaggedImage>& images) {
    const bool any = std::ranges::any_of(images, [](const auto& one) {
        return !one.scan && oci::manifest_kind(one.image.media_type) == oci::ManifestKind::index;
    });
    if (!any) co_return Result<void>{};
    auto added = co_await services_.metadata.read([&](store::Transaction& tx) -> Result<bool> {
        scanning::add_index_scans(tx, registry::scanning_configuration(tx, registry).type, images);
        return true;
    });
    if (!added) co_return fail(std::move(added));
    co_return Result<void>{};
}

Task<Result<Rescan>> Scans::rescan(const registry::Call& call, registry::RepositoryRef repository,
                                   std::vector<model::ImageIdentifier> ids, std::string after_digest) {
    auto entered = co_await registry::enter(services_, call, iam::action::rescan_images, repository);
    if (!entered) co_return fail(std::move(entered));
    const auto& row = **entered;
    auto asked = co_await services_.metadata.write([&](store::Transaction& tx) -> Result<Rescan> {
        const auto configuration = registry::scanning_configuration(tx, repository.registry);
        Rescan result;
        const auto ask = [&](const model::Image& image) {
            if (running(registry::current_scan(tx, configuration.type, image.id))) return;
            registry::request_scan(services_, tx, configuration, row, image.id);
            ++result.images;
        };
        for (const auto& id : ids) {
            auto image = find_image(tx, repository, row.id, id);
            if (!image) return fail(std::move(image));
            if (image->status != model::ImageStatus::active) {
                return std::unexpected(registry::image_archived(repository, image->digest));
            }
            const auto images = scannable(services_, tx, *image);
            if (images.empty()) return std::unexpected(registry::unsupported_image_type(repository, image->digest));
            std::ranges::for_each(images, ask);
        }
        if (!ids.empty()) return result;
        const auto page =
            tx.images().page(row.id, {.status = model::ImageStatus::active}, after_digest, images_at_once + 1);
        for (std::size_t i = 0; i < std::min(page.size(), images_at_once); ++i) {
            if (registry::is_scannable(services_, tx, page[i].image)) ask(page[i].image);
        }
        if (page.size() > images_at_once) result.next_digest = page[images_at_once - 1].image.digest.text();
        return result;
    });
    if (asked) services_.bell.ring_for_scan();
    co_return asked;
}

std::vector<scan::BasicFinding> basic_list(const ScanReport& report) {
    std::vector<scan::BasicFinding> all;
    for (const auto& one : report.images) {
        auto list = scan::basic_findings(one.kept.findings.findings);
        std::ranges::move(list, std::back_inserter(all));
    }
    if (report.images.size() < 2) return all;
    std::ranges::stable_sort(all, [](const auto& a, const auto& b) {
        if (a.severity != b.severity) return a.severity > b.severity;
        return std::tie(a.name, a.attributes) < std::tie(b.name, b.attributes);
    });
    const auto same = std::ranges::unique(all);
    all.erase(same.begin(), same.end());
    return all;
}

}  // namespace berth::scanning
