// Findings of image scans, in wire spelling: both forms of DescribeImageScanFindings.
#pragma once

#include "api/aws/scan_shapes.hpp"

#include <optional>

namespace berth::api::aws {

namespace shape {

struct AttributeKey {
    static constexpr TextRule rule{.min = 1, .max = 128};
};
struct AttributeValue {
    static constexpr TextRule rule{.min = 1, .max = 256};
};

}  // namespace shape

struct Attribute {
    Text<shape::AttributeKey> key;
    std::optional<Text<shape::AttributeValue>> value;
};
BOOST_DESCRIBE_STRUCT(Attribute, (), (key, value))

// The basic form.
struct ImageScanFinding {
    std::optional<AnyText> name;
    std::optional<AnyText> description;
    std::optional<Url> uri;
    std::optional<Severity> severity;
    std::optional<List<Attribute, 0, 50>> attributes;
};
BOOST_DESCRIBE_STRUCT(ImageScanFinding, (), (name, description, uri, severity, attributes))

struct CvssScore {
    std::optional<Real> baseScore;
    std::optional<AnyText> scoringVector;
    std::optional<AnyText> source;
    std::optional<AnyText> version;
};
BOOST_DESCRIBE_STRUCT(CvssScore, (), (baseScore, scoringVector, source, version))

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

struct Recommendation {
    std::optional<Url> url;
    std::optional<AnyText> text;
};
BOOST_DESCRIBE_STRUCT(Recommendation, (), (url, text))

struct Remediation {
    std::optional<Recommendation> recommendation;
};
BOOST_DESCRIBE_STRUCT(Remediation, (), (recommendation))

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

struct AwsEcrContainerImageDetails {
    std::optional<AnyText> architecture;
    std::optional<AnyText> author;
    std::optional<ImageDigest> imageHash;
    std::optional<List<ImageTag>> imageTags;
    std::optional<AnyText> platform;
    std::optional<Timestamp> pushedAt;
    std::optional<Timestamp> lastInUseAt;
    std::optional<Number<0, no_maximum>> inUseCount;
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

// The enhanced form.
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

struct ImageScanFindings {
    std::optional<Timestamp> imageScanCompletedAt;
    std::optional<Timestamp> vulnerabilitySourceUpdatedAt;
    std::optional<FindingSeverityCounts> findingSeverityCounts;
    std::optional<List<ImageScanFinding>> findings;
    std::optional<List<EnhancedImageScanFinding>> enhancedFindings;
};
BOOST_DESCRIBE_STRUCT(ImageScanFindings, (),
                      (imageScanCompletedAt, vulnerabilitySourceUpdatedAt, findingSeverityCounts, findings,
                       enhancedFindings))

// What DescribeImageScanFindings answers.
struct ImageScanAnswer {
    std::optional<RegistryId> registryId;
    std::optional<RepositoryName> repositoryName;
    std::optional<ImageIdentifier> imageId;
    std::optional<ImageScanStatus> imageScanStatus;
    std::optional<ImageScanFindings> imageScanFindings;
    std::optional<NextToken> nextToken;
};
BOOST_DESCRIBE_STRUCT(ImageScanAnswer, (),
                      (registryId, repositoryName, imageId, imageScanStatus, imageScanFindings, nextToken))

}  // namespace berth::api::aws
