#include "registry/scan_requests.hpp"

#include "registry/scan_rules.hpp"

#include <algorithm>
#include <string_view>

namespace berth::registry {

namespace {

bool is_image_config(std::string_view media_type) {
    return media_type == "application/vnd.oci.image.config.v1+json" ||
           media_type == "application/vnd.docker.container.image.v1+json";
}

bool is_file_system_layer(std::string_view media_type) {
    return media_type.starts_with("application/vnd.oci.image.layer.") ||
           media_type.starts_with("application/vnd.docker.image.rootfs.");
}

bool wanted(store::Transaction& tx, const store::ScanningConfiguration& configuration,
            const model::Repository& repository, const model::Image& image) {
    if (scan_plan(configuration, repository).frequency == store::ScanFrequency::manual) return false;
    return configuration.tag_patterns.empty() || matches_scan_tags(configuration, tx.images().tags(image.id));
}

bool request_missing(Services& services, store::Transaction& tx, const store::ScanningConfiguration& configuration,
                     const model::Repository& repository, const model::Image& image) {
    if (current_scan(tx, configuration.type, image.id)) return false;
    request_scan(services, tx, configuration, repository, image.id);
    return true;
}

}  // namespace

// Attestations have an image's config, but layers of their own kind.
bool is_scannable(const oci::Manifest& manifest) {
    if (manifest.kind != oci::ManifestKind::image || manifest.blobs.empty()) return false;
    const auto& config = manifest.blobs.front().media_type;
    if (!is_image_config(config) || manifest.artifact_type.value_or(config) != config) return false;
    return std::all_of(manifest.blobs.begin() + 1, manifest.blobs.end(),
                       [](const auto& layer) { return is_file_system_layer(layer.media_type); });
}

bool is_scannable(const Services& services, store::Transaction& tx, const model::Image& image) {
    const auto manifest = oci::parse_manifest(tx.images().manifest(image.id), image.media_type,
                                              {.depth = services.settings.manifest_depth});
    return manifest && is_scannable(*manifest);
}

store::ScanningConfiguration scanning_configuration(store::Transaction& tx, const model::Registry& registry) {
    return tx.scans().configuration(registry).value_or(store::ScanningConfiguration{});
}

std::optional<store::ImageScan> current_scan(store::Transaction& tx, store::ScanType type, model::ImageRowId image) {
    auto scan = tx.scans().find(image);
    if (scan && scan->type != type) return std::nullopt;
    return scan;
}

bool expect_scan(Services& services, store::Transaction& tx, const model::Repository& repository,
                 const model::Image& image, const oci::Manifest& manifest) {
    const bool index = manifest.kind == oci::ManifestKind::index;
    if (!index && !is_scannable(manifest)) return false;
    const auto configuration = scanning_configuration(tx, repository.registry);
    // An index's children were looked at when they were pushed. Only the tags it has can make a difference to them.
    if (index && configuration.tag_patterns.empty()) return false;
    if (!wanted(tx, configuration, repository, image)) return false;
    if (!index) return request_missing(services, tx, configuration, repository, image);
    bool asked = false;
    for (const auto& child : tx.images().children(image.id)) {
        if (child.status != model::ImageStatus::active || !is_scannable(services, tx, child)) continue;
        asked |= request_missing(services, tx, configuration, repository, child);
    }
    return asked;
}

bool expect_scan(Services& services, store::Transaction& tx, const model::Image& image) {
    const auto repository = tx.repositories().find(image.repository);
    if (!repository) return false;
    const auto configuration = scanning_configuration(tx, repository->registry);
    if (!wanted(tx, configuration, *repository, image) || !is_scannable(services, tx, image)) return false;
    return request_missing(services, tx, configuration, *repository, image);
}

store::ImageScan request_scan(Services& services, store::Transaction& tx,
                              const store::ScanningConfiguration& configuration, const model::Repository& repository,
                              model::ImageRowId image) {
    auto scan = current_scan(tx, configuration.type, image);
    if (!scan) {
        tx.scans().erase(image);
        scan = store::ImageScan{
            .image = image, .repository = repository.id, .type = configuration.type, .requested_at = {}};
    }
    scan->state = store::ScanState::pending;
    scan->continuous = configuration.type == store::ScanType::enhanced &&
                       scan_plan(configuration, repository).frequency == store::ScanFrequency::continuous;
    scan->retryable = false;
    scan->reason.clear();
    scan->requested_at = services.clock.now();
    tx.scans().put(*scan);
    tx.scans().enqueue(image, repository.id);
    return *scan;
}

}  // namespace berth::registry
