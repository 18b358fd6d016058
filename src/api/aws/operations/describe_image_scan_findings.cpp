#include "api/aws/bind.hpp"
#include "api/aws/catalog.hpp"
#include "api/aws/paging.hpp"
#include "api/aws/scan_report.hpp"

#include <algorithm>
#include <charconv>

namespace berth::api::aws {

namespace {

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
    using Response = ImageScanAnswer;
    static Task<Answer<Response>> handle(Request request, const Call& call);
};
BOOST_DESCRIBE_STRUCT(DescribeImageScanFindings::Request, (),
                      (registryId, repositoryName, imageId, nextToken, maxResults))

// Where a page ended: how many findings came before, and which one was the last. Findings may change between two pages,
// for databases do: the list goes on behind the same finding, wherever it stands by then, or else behind as many.
struct Position {
    std::size_t count = 0;
    std::string last;
};

std::string to_text(const Position& position) {
    return std::to_string(position.count) + ' ' + position.last;
}

Position position_of(std::string_view text) {
    Position position;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), position.count);
    if (error == std::errc{} && end != text.data() + text.size()) position.last = std::string(end + 1, text.end());
    return position;
}

// Which finding it is, among those of one answer.
std::string identity_of(const scan::BasicFinding& finding) {
    std::string text = finding.name;
    for (const auto& [key, value] : finding.attributes) {
        if (key.starts_with("package_")) text += ' ' + value;
    }
    return text;
}

// One finding of an image; of an index, of one of its children.
struct EnhancedPlace {
    const scanning::ScannedImage* image;
    std::size_t index;
    [[nodiscard]] const scan::Finding& finding() const { return image->kept.findings.findings[index]; }
};

std::string identity_of(const EnhancedPlace& place) {
    return place.finding().id + ' ' + place.image->image.digest.text();
}

// The findings of a page by their places, and where the next one begins.
struct Page {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::optional<Position> next;
};

template <class Item>
Page page_of(const std::vector<Item>& list, const Position& from, std::size_t limit) {
    Page page;
    if (from.count > 0) {
        const auto last = std::ranges::find(list, from.last, [](const Item& item) { return identity_of(item); });
        page.begin =
            last == list.end() ? std::min(from.count, list.size()) : static_cast<std::size_t>(last - list.begin()) + 1;
    }
    page.end = page.begin + std::min(limit, list.size() - page.begin);
    if (page.end < list.size()) page.next = {.count = page.end, .last = identity_of(list[page.end - 1])};
    return page;
}

// Suppressed findings are listed, but do not count.
Page fill_basic(ImageScanFindings& wire, const scanning::ScanReport& report, const Position& from, std::size_t limit) {
    const auto list = scanning::basic_list(report);
    wire.findingSeverityCounts = counts_of(list);
    auto page = page_of(list, from, limit);
    auto& items = wire.findings.emplace().items;
    for (auto i = page.begin; i < page.end; ++i) items.push_back(to_wire(list[i]));
    return page;
}

std::vector<EnhancedPlace> enhanced_list(const scanning::ScanReport& report) {
    std::vector<EnhancedPlace> list;
    for (const auto& image : report.images) {
        for (std::size_t i = 0; i < image.kept.findings.findings.size(); ++i) list.push_back({&image, i});
    }
    if (report.images.size() > 1) {
        std::ranges::stable_sort(list, [](const EnhancedPlace& a, const EnhancedPlace& b) {
            if (a.finding().severity != b.finding().severity) return a.finding().severity > b.finding().severity;
            return a.finding().id < b.finding().id;
        });
    }
    return list;
}

FindingImage shown_image(const registry::RepositoryRef& repository, const scanning::ScannedImage& image) {
    FindingImage shown;
    shown.repository = repository;
    shown.digest = image.image.digest.text();
    for (const auto& tag : image.tags) shown.tags.push_back(tag.text());
    shown.layers = image.layers;
    shown.platform = image.platform;
    shown.pushed_at = image.image.pushed_at;
    shown.last_observed_at = image.scan.completed_at;
    return shown;
}

Page fill_enhanced(ImageScanFindings& wire, const scanning::ScanReport& report, const Position& from, std::size_t limit,
                   const registry::RepositoryRef& repository) {
    const auto list = enhanced_list(report);
    FindingSeverityCounts counts;
    for (const auto& image : report.images) add_counts(image.kept.findings.findings, counts);
    wire.findingSeverityCounts = std::move(counts);
    std::vector<FindingImage> images;
    images.reserve(report.images.size());
    for (const auto& image : report.images) images.push_back(shown_image(repository, image));
    auto page = page_of(list, from, limit);
    auto& items = wire.enhancedFindings.emplace().items;
    for (auto i = page.begin; i < page.end; ++i) {
        const auto& [image, index] = list[i];
        const auto& shown = images[static_cast<std::size_t>(image - report.images.data())];
        items.push_back(to_wire(list[i].finding(), shown, image->kept.first_observed.at(index)));
    }
    return page;
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

    const auto basic = report->scan.type == store::ScanType::basic;
    auto paging = Paging::of(
        call.environment.key,
        page_scope(name, repository, {}) + ' ' + report->digest.text() + (basic ? " basic" : " enhanced"), request);
    if (!paging) co_return std::unexpected(std::move(paging).error());
    const auto from = paging->from(position_of);
    auto& findings = response.imageScanFindings.emplace();
    findings.imageScanCompletedAt = report->scan.completed_at;
    findings.vulnerabilitySourceUpdatedAt = report->scan.source_updated_at;
    const auto page = basic ? fill_basic(findings, *report, from, paging->limit())
                            : fill_enhanced(findings, *report, from, paging->limit(), repository);
    if (page.next) response.nextToken = paging->token(to_text(*page.next));
    co_return response;
}

}  // namespace

constinit const Operation operation::describe_image_scan_findings = bind<DescribeImageScanFindings>();

}  // namespace berth::api::aws
