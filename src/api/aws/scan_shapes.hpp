// What the operations of image scanning have in common on the wire.
#pragma once

#include "api/aws/structures.hpp"
#include "api/aws/translate.hpp"
#include "scan/severity.hpp"
#include "scanning/configurations.hpp"
#include "scanning/scans.hpp"
#include "store/scan_table.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace berth::api::aws {

namespace shape {

struct ScanFilterValue {
    static constexpr TextRule rule{.min = 1,
                                   .max = 255,
                                   .pattern = R"(^[a-z0-9*](?:[._\-/a-z0-9*]?[a-z0-9*]+)*$)",
                                   .accepts = patterns::scan_filter};
};

}  // namespace shape

using SeverityCount = Number<0, no_maximum>;
using FindingSeverityCounts = Map<Severity, SeverityCount>;

template <>
struct EnumTable<store::ScanType> {
    using enum store::ScanType;
    static constexpr EnumRows<store::ScanType, 2> rows{{{basic, "BASIC"}, {enhanced, "ENHANCED"}}};
};
template <>
struct EnumTable<store::ScanFrequency> {
    using enum store::ScanFrequency;
    static constexpr EnumRows<store::ScanFrequency, 3> rows{
        {{on_push, "SCAN_ON_PUSH"}, {continuous, "CONTINUOUS_SCAN"}, {manual, "MANUAL"}}};
};

struct ImageScanStatus {
    std::optional<ScanStatus> status;
    std::optional<AnyText> description;
};
BOOST_DESCRIBE_STRUCT(ImageScanStatus, (), (status, description))

struct ImageScanFindingsSummary {
    std::optional<Timestamp> imageScanCompletedAt;
    std::optional<Timestamp> vulnerabilitySourceUpdatedAt;
    std::optional<FindingSeverityCounts> findingSeverityCounts;
};
BOOST_DESCRIBE_STRUCT(ImageScanFindingsSummary, (),
                      (imageScanCompletedAt, vulnerabilitySourceUpdatedAt, findingSeverityCounts))

struct ScanningRepositoryFilter {
    Text<shape::ScanFilterValue> filter;
    FilterType filterType = FilterType::wildcard;
};
BOOST_DESCRIBE_STRUCT(ScanningRepositoryFilter, (), (filter, filterType))
using ScanningRepositoryFilters = List<ScanningRepositoryFilter, 0, 100>;

struct RegistryScanningRule {
    store::ScanFrequency scanFrequency = store::ScanFrequency::on_push;
    ScanningRepositoryFilters repositoryFilters;
};
BOOST_DESCRIBE_STRUCT(RegistryScanningRule, (), (scanFrequency, repositoryFilters))
using RegistryScanningRules = List<RegistryScanningRule, 0, 2>;

struct RegistryScanningConfiguration {
    std::optional<store::ScanType> scanType;
    std::optional<RegistryScanningRules> rules;
};
BOOST_DESCRIBE_STRUCT(RegistryScanningConfiguration, (), (scanType, rules))

[[nodiscard]] ImageScanStatus scan_status(const store::ImageScan& scan);
// Of a scan that is COMPLETE or ACTIVE; `unseen`: scanning::summary_of() its notes.
[[nodiscard]] std::string completed_text(bool continuous, std::string_view unseen);
// Only severities that occur.
[[nodiscard]] FindingSeverityCounts severity_counts(const store::SeverityCounts& counts);
[[nodiscard]] ImageScanFindingsSummary findings_summary(const store::ImageScan& scan);
[[nodiscard]] Severity to_wire(scan::Severity severity);
[[nodiscard]] RegistryScanningConfiguration to_wire(const store::ScanningConfiguration& configuration);
[[nodiscard]] std::vector<store::ScanRule> from_wire(const std::optional<RegistryScanningRules>& rules);
// Of a call about one image: neither a digest nor a tag, or a malformed one, is an invalid parameter.
[[nodiscard]] Answer<model::ImageIdentifier> one_image(const registry::RepositoryRef& repository,
                                                       const ImageIdentifier& id);

}  // namespace berth::api::aws
