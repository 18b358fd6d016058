#include "api/aws/bind.hpp"
#include "api/aws/catalog.hpp"
#include "api/aws/enhanced_finding.hpp"
#include "api/aws/page_token.hpp"
#include "api/aws/scan_shapes.hpp"

#include <algorithm>
#include <charconv>

namespace berth::api::aws {

namespace {

struct AttributeKey {
    static constexpr TextRule rule{.min = 1, .max = 128};
};
struct AttributeValue {
    static constexpr TextRule rule{.min = 1, .max = 256};
};

struct Attribute {
    Text<AttributeKey> key;
    std::optional<Text<AttributeValue>> value;
};
BOOST_DESCRIBE_STRUCT(Attribute, (), (key, value))

struct ImageScanFinding {
    std::optional<AnyText> name;
    std::optional<AnyText> description;
    std::optional<Url> uri;
    std::optional<Severity> severity;
    std::optional<List<Attribute, 0, 50>> attributes;
};
BOOST_DESCRIBE_STRUCT(ImageScanFinding, (), (name, description, uri, severity, attributes))

struct ImageScanFindings {
    std::optional<Timestamp> imageScanCompletedAt;
    std::optional<Timestamp> vulnerabilitySourceUpdatedAt;
    std::optional<Map<Severity, SeverityCount>> findingSeverityCounts;
    std::optional<List<ImageScanFinding>> findings;
    std::optional<List<EnhancedImageScanFinding>> enhancedFindings;
};
BOOST_DESCRIBE_STRUCT(ImageScanFindings, (),
                      (imageScanCompletedAt, vulnerabilitySourceUpdatedAt, findingSeverityCounts, findings,
                       enhancedFindings))

struct DescribeImageScanFindings {
    static constexpr std::string_view name = "DescribeImageScanFindings";
    static constexpr iam::Action action = iam::action::describe_image_scan_findings;
    struct Request {
        std::optional<RegistryId> registryId;
        RepositoryName repositoryName;
        ImageIdentifier imageId;
        std::optional<NextToken> nextToken;
        std::optional<MaxResults> maxResults;
    };
    struct Response {
        std::optional<RegistryId> registryId;
        std::optional<RepositoryName> repositoryName;
        std::optional<ImageIdentifier> imageId;
        std::optional<ImageScanStatus> imageScanStatus;
        std::optional<ImageScanFindings> imageScanFindings;
        std::optional<NextToken> nextToken;
    };
    static Task<Answer<Response>> handle(Request request, const Call& call);
};
BOOST_DESCRIBE_STRUCT(DescribeImageScanFindings::Request, (),
                      (registryId, repositoryName, imageId, nextToken, maxResults))
BOOST_DESCRIBE_STRUCT(DescribeImageScanFindings::Response, (),
                      (registryId, repositoryName, imageId, imageScanStatus, imageScanFindings, nextToken))

ImageScanFinding shown(const scan::BasicFinding& finding) {
    ImageScanFinding wire;
    wire.name = AnyText{finding.name};
    if (!finding.description.empty()) wire.description = AnyText{finding.description};
    if (!finding.uri.empty()) wire.uri = Url{finding.uri};
    wire.severity = to_wire(finding.severity);
    auto& attributes = wire.attributes.emplace().items;
    for (const auto& [key, value] : finding.attributes) {
        attributes.push_back({.key = {key}, .value = Text<AttributeValue>{value}});
    }
    // The basic form has no status of a finding.
    if (finding.suppressed) attributes.push_back({.key = {"status"}, .value = Text<AttributeValue>{"SUPPRESSED"}});
    return wire;
}

// Where a page begins; the end where the position is none.
struct Page {
    std::size_t begin = 0;
    std::size_t end = 0;
    bool more = false;

    Page(std::size_t from, std::size_t limit, std::size_t size)
        : begin(std::min(from, size)), end(begin + std::min(limit, size - begin)), more(end < size) {}
};

// Suppressed findings are listed, but do not count.
Page fill_basic(ImageScanFindings& wire, const scanning::ScanReport& report, std::size_t from, std::size_t limit) {
    const auto list = scanning::basic_list(report);
    store::SeverityCounts counts{};
    for (const auto& finding : list) {
        if (!finding.suppressed) ++counts.at(static_cast<std::size_t>(finding.severity));
    }
    wire.findingSeverityCounts = severity_counts(counts);
    const Page page(from, limit, list.size());
    auto& items = wire.findings.emplace().items;
    for (auto i = page.begin; i < page.end; ++i) items.push_back(shown(list[i]));
    return page;
}

Page fill_enhanced(ImageScanFindings& wire, const scanning::ScanReport& report, std::size_t from, std::size_t limit,
                   const EnhancedContext& context) {
    struct Place {
        const scanning::ScannedImage* image;
        std::size_t index;
        [[nodiscard]] const scan::Finding& finding() const { return image->kept.findings.findings[index]; }
    };
    std::vector<Place> list;
    store::SeverityCounts counts{};
    for (const auto& image : report.images) {
        for (std::size_t i = 0; i < image.kept.findings.findings.size(); ++i) {
            list.push_back({.image = &image, .index = i});
            const auto& finding = list.back().finding();
            if (!finding.suppression) ++counts.at(static_cast<std::size_t>(finding.severity));
        }
    }
    if (report.images.size() > 1) {
        std::ranges::stable_sort(list, [](const Place& a, const Place& b) {
            if (a.finding().severity != b.finding().severity) return a.finding().severity > b.finding().severity;
            return a.finding().id < b.finding().id;
        });
    }
    wire.findingSeverityCounts = severity_counts(counts);
    const Page page(from, limit, list.size());
    auto& items = wire.enhancedFindings.emplace().items;
    for (auto i = page.begin; i < page.end; ++i) {
        items.push_back(enhanced_finding(*list[i].image, list[i].index, context));
    }
    return page;
}

std::size_t position_of(std::string_view text) {
    std::size_t position = 0;
    std::from_chars(text.data(), text.data() + text.size(), position);
    return position;
}

Task<Answer<DescribeImageScanFindings::Response>> DescribeImageScanFindings::handle(Request request, const Call& call) {
    const auto repository = repository_of(call, request.registryId, request.repositoryName);
    auto id = one_image(repository, request.imageId);
    if (!id) co_return std::unexpected(std::move(id).error());
    auto report = co_await call.environment.scans.report(call.caller, repository, *id);
    if (!report) co_return fail(std::move(report));
    id->digest = report->digest;

    Response response;
    response.registryId = RegistryId{repository.registry.account.text()};
    response.repositoryName = RepositoryName{repository.name.text()};
    response.imageId = to_wire(*id);
    response.imageScanStatus = scan_status(report->scan);
    if (report->scan.state != store::ScanState::complete) co_return response;

    // A position means something only for the result it was made from.
    const auto scope =
        page_scope(name, repository, {}) + " " + report->digest.text() + " " + std::to_string(report->scan.revision);
    std::size_t from = 0;
    if (request.nextToken) {
        auto position = open_page_token(call.environment.key, scope, request.nextToken->value);
        if (!position) co_return std::unexpected(std::move(position).error());
        from = position_of(*position);
    }
    const auto limit = static_cast<std::size_t>(request.maxResults.value_or(MaxResults{100}).value);
    auto& findings = response.imageScanFindings.emplace();
    findings.imageScanCompletedAt = report->scan.completed_at;
    findings.vulnerabilitySourceUpdatedAt = report->scan.source_updated_at;
    const auto page = report->scan.type == store::ScanType::basic
                          ? fill_basic(findings, *report, from, limit)
                          : fill_enhanced(findings, *report, from, limit, {.repository = repository});
    if (page.more) {
        response.nextToken = NextToken{make_page_token(call.environment.key, scope, std::to_string(page.end))};
    }
    co_return response;
}

}  // namespace

constinit const Operation operation::describe_image_scan_findings = bind<DescribeImageScanFindings>();

}  // namespace berth::api::aws
