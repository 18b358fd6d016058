// A finding of an enhanced scan on the wire, as Amazon Inspector shows it.
#pragma once

#include "api/aws/scan_shapes.hpp"

namespace berth::api::aws {

struct CvssScore {
    std::optional<Real> baseScore;
    std::optional<AnyText> scoringVector;
    std::optional<AnyText> source;
    std::optional<AnyText> version;
};
BOOST_DESCRIBE_STRUCT(CvssScore, (), (baseScore, scoringVector, source, version))

struct VulnerablePackage {
    std::optional<AnyText> arch;
    std::optional<Number<no_minimum, no_maximum>> epoch;
    std::optional<AnyText> filePath;
    std::optional<AnyText> name;
    std::optional<AnyText> packageManager;
    std::optional<AnyText> release;
    std::optional<AnyText> sourceLayerHash;
    std::optional<AnyText> version;
    std::optional<AnyText> fixedInVersion;
};
BOOST_DESCRIBE_STRUCT(VulnerablePackage, (),
                      (arch, epoch, filePath, name, packageManager, release, sourceLayerHash, version, fixedInVersion))

struct PackageVulnerabilityDetails {
    std::optional<List<CvssScore>> cvss;
    std::optional<List<Url>> referenceUrls;
    std::optional<List<AnyText>> relatedVulnerabilities;
    std::optional<AnyText> source;
    std::optional<Url> sourceUrl;
    std::optional<Timestamp> vendorCreatedAt;
    std::optional<AnyText> vendorSeverity;
    std::optional<Timestamp> vendorUpdatedAt;
    std::optional<AnyText> vulnerabilityId;
    std::optional<List<VulnerablePackage>> vulnerablePackages;
};
BOOST_DESCRIBE_STRUCT(PackageVulnerabilityDetails, (),
                      (cvss, referenceUrls, relatedVulnerabilities, source, sourceUrl, vendorCreatedAt, vendorSeverity,
                       vendorUpdatedAt, vulnerabilityId, vulnerablePackages))

struct Recommendation {
    std::optional<Url> url;
    std::optional<AnyText> text;
};
BOOST_DESCRIBE_STRUCT(Recommendation, (), (url, text))

struct Remediation {
    std::optional<Recommendation> recommendation;
};
BOOST_DESCRIBE_STRUCT(Remediation, (), (recommendation))

struct AwsEcrContainerImageDetails {
    std::optional<AnyText> architecture;
    std::optional<AnyText> author;
    std::optional<ImageDigest> imageHash;
    std::optional<List<ImageTag>> imageTags;
    std::optional<AnyText> platform;
    std::optional<Timestamp> pushedAt;
    std::optional<Timestamp> lastInUseAt;
    std::optional<SeverityCount> inUseCount;
    std::optional<RegistryId> registry;
    std::optional<RepositoryName> repositoryName;
};
BOOST_DESCRIBE_STRUCT(AwsEcrContainerImageDetails, (),
                      (architecture, author, imageHash, imageTags, platform, pushedAt, lastInUseAt, inUseCount,
                       registry, repositoryName))

struct ResourceDetails {
    std::optional<AwsEcrContainerImageDetails> awsEcrContainerImage;
};
BOOST_DESCRIBE_STRUCT(ResourceDetails, (), (awsEcrContainerImage))

struct FindingResource {
    std::optional<ResourceDetails> details;
    std::optional<AnyText> id;
    std::optional<TextMap> tags;
    std::optional<AnyText> type;
};
BOOST_DESCRIBE_STRUCT(FindingResource, (), (details, id, tags, type))

struct CvssScoreAdjustment {
    std::optional<AnyText> metric;
    std::optional<AnyText> reason;
};
BOOST_DESCRIBE_STRUCT(CvssScoreAdjustment, (), (metric, reason))

struct CvssScoreDetails {
    std::optional<List<CvssScoreAdjustment>> adjustments;
    std::optional<Real> score;
    std::optional<AnyText> scoreSource;
    std::optional<AnyText> scoringVector;
    std::optional<AnyText> version;
};
BOOST_DESCRIBE_STRUCT(CvssScoreDetails, (), (adjustments, score, scoreSource, scoringVector, version))

struct ScoreDetails {
    std::optional<CvssScoreDetails> cvss;
};
BOOST_DESCRIBE_STRUCT(ScoreDetails, (), (cvss))

struct EnhancedImageScanFinding {
    std::optional<RegistryId> awsAccountId;
    std::optional<AnyText> description;
    std::optional<AnyText> findingArn;
    std::optional<Timestamp> firstObservedAt;
    std::optional<Timestamp> lastObservedAt;
    std::optional<PackageVulnerabilityDetails> packageVulnerabilityDetails;
    std::optional<Remediation> remediation;
    std::optional<List<FindingResource>> resources;
    std::optional<Real> score;
    std::optional<ScoreDetails> scoreDetails;
    std::optional<AnyText> severity;
    std::optional<AnyText> status;
    std::optional<AnyText> title;
    std::optional<AnyText> type;
    std::optional<Timestamp> updatedAt;
    std::optional<AnyText> fixAvailable;
    std::optional<AnyText> exploitAvailable;
};
BOOST_DESCRIBE_STRUCT(EnhancedImageScanFinding, (),
                      (awsAccountId, description, findingArn, firstObservedAt, lastObservedAt,
                       packageVulnerabilityDetails, remediation, resources, score, scoreDetails, severity, status,
                       title, type, updatedAt, fixAvailable, exploitAvailable))

struct EnhancedContext {
    const registry::RepositoryRef& repository;
};

// The finding of that index of the image.
[[nodiscard]] EnhancedImageScanFinding enhanced_finding(const scanning::ScannedImage& image, std::size_t index,
                                                        const EnhancedContext& context);

}  // namespace berth::api::aws
