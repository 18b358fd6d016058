#include "api/aws/scan_shapes.hpp"

#include <utility>
#include <variant>

namespace berth::api::aws {

namespace {

using store::ScanState;

ImageScanStatus status(ScanStatus value, std::string description) {
    ImageScanStatus wire{.status = value, .description = std::nullopt};
    if (!description.empty()) wire.description = AnyText{std::move(description)};
    return wire;
}

}  // namespace

// BASIC knows no PENDING: clients wait while a scan is IN_PROGRESS.
ImageScanStatus scan_status(const store::ImageScan& scan) {
    const bool enhanced = scan.type == store::ScanType::enhanced;
    switch (scan.state) {
        case ScanState::pending:
            return status(enhanced ? ScanStatus::pending : ScanStatus::in_progress, scan.reason);
        case ScanState::in_progress:
            return status(ScanStatus::in_progress, scan.reason);
        case ScanState::failed:
            return status(ScanStatus::failed, scan.reason);
        case ScanState::complete:
            break;
    }
    return status(scan.continuous ? ScanStatus::active : ScanStatus::complete,
                  completed_text(scan.continuous, scan.reason));
}

// ECR's words, and what it has none for.
std::string completed_text(bool continuous, std::string_view unseen) {
    std::string text(continuous       ? "Continuous scan is selected for image."
                     : unseen.empty() ? "The scan was completed successfully."
                                      : "");
    if (unseen.empty()) return text;
    if (!text.empty()) text += ' ';
    return text.append("The scan is partial: ").append(unseen);
}

Severity to_wire(scan::Severity severity) {
    switch (severity) {
        case scan::Severity::undefined:
            return Severity::undefined;
        case scan::Severity::informational:
            return Severity::informational;
        case scan::Severity::low:
            return Severity::low;
        case scan::Severity::medium:
            return Severity::medium;
        case scan::Severity::high:
            return Severity::high;
        case scan::Severity::critical:
            return Severity::critical;
    }
    return Severity::undefined;
}

FindingSeverityCounts severity_counts(const store::SeverityCounts& counts) {
    FindingSeverityCounts wire;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        if (counts[i] == 0) continue;
        wire.entries[to_wire(static_cast<scan::Severity>(i))] = SeverityCount{static_cast<std::int64_t>(counts[i])};
    }
    return wire;
}

ImageScanFindingsSummary findings_summary(const store::ImageScan& scan) {
    return {.imageScanCompletedAt = scan.completed_at,
            .vulnerabilitySourceUpdatedAt = scan.source_updated_at,
            .findingSeverityCounts = severity_counts(scan.counts)};
}

RegistryScanningConfiguration to_wire(const store::ScanningConfiguration& configuration) {
    RegistryScanningConfiguration wire{.scanType = configuration.type, .rules = RegistryScanningRules{}};
    for (const auto& rule : configuration.rules) {
        auto& shown = wire.rules->items.emplace_back();
        shown.scanFrequency = rule.frequency;
        for (const auto& filter : rule.filters) shown.repositoryFilters.items.push_back({.filter = {filter}});
    }
    return wire;
}

std::vector<store::ScanRule> from_wire(const std::optional<RegistryScanningRules>& rules) {
    std::vector<store::ScanRule> values;
    if (!rules) return values;
    for (const auto& rule : rules->items) {
        auto& value = values.emplace_back();
        value.frequency = rule.scanFrequency;
        for (const auto& filter : rule.repositoryFilters.items) value.filters.push_back(filter.filter.value);
    }
    return values;
}

Answer<model::ImageIdentifier> one_image(const registry::RepositoryRef& repository, const ImageIdentifier& id) {
    auto value = from_wire(id);
    if (auto* usable = std::get_if<model::ImageIdentifier>(&value)) return std::move(*usable);
    const auto& failure = std::get<ImageFailure>(value);
    if (failure.failureCode == ImageFailureCode::not_found) {
        return std::unexpected(ApiError(image_not_found(repository, id)));
    }
    return fail(FaultKind::invalid_parameter, reason_of(failure));
}

}  // namespace berth::api::aws
