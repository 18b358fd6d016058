#include "api/aws/bind.hpp"
#include "api/aws/catalog.hpp"
#include "api/aws/paging.hpp"
#include "api/aws/scan_shapes.hpp"
#include "api/aws/translate.hpp"
#include "oci/media_type.hpp"

namespace berth::api::aws {

namespace {

struct ImageDetail {
    std::optional<RegistryId> registryId;
    std::optional<RepositoryName> repositoryName;
    std::optional<ImageDigest> imageDigest;
    std::optional<List<ImageTag>> imageTags;
    std::optional<Size> imageSizeInBytes;
    std::optional<Timestamp> imagePushedAt;
    std::optional<ImageScanStatus> imageScanStatus;
    std::optional<ImageScanFindingsSummary> imageScanFindingsSummary;
    std::optional<MediaType> imageManifestMediaType;
    std::optional<MediaType> artifactMediaType;
    std::optional<Timestamp> lastRecordedPullTime;
    std::optional<ImageDigest> subjectManifestDigest;
    std::optional<model::ImageStatus> imageStatus;
    std::optional<Timestamp> lastArchivedAt;
    std::optional<Timestamp> lastActivatedAt;
};
BOOST_DESCRIBE_STRUCT(ImageDetail, (),
                      (registryId, repositoryName, imageDigest, imageTags, imageSizeInBytes, imagePushedAt,
                       imageScanStatus, imageScanFindingsSummary, imageManifestMediaType, artifactMediaType,
                       lastRecordedPullTime, subjectManifestDigest, imageStatus, lastArchivedAt, lastActivatedAt))

struct DescribeImages {
    static constexpr std::string_view name = "DescribeImages";
    static constexpr iam::Action action = iam::action::describe_images;
    struct Request {
        std::optional<RegistryId> registryId;
        RepositoryName repositoryName;
        std::optional<ImageIdentifiers> imageIds;
        std::optional<NextToken> nextToken;
        std::optional<MaxResults> maxResults;
        std::optional<ImagesFilter> filter;
    };
    struct Response {
        std::optional<List<ImageDetail>> imageDetails;
        std::optional<NextToken> nextToken;
    };
    static Task<Answer<Response>> handle(Request request, const Call& call);
    static Task<Answer<Response>> named(Request request, const Call& call);
    static Task<Answer<Response>> page(Request request, const Call& call);
};
BOOST_DESCRIBE_STRUCT(DescribeImages::Request, (),
                      (registryId, repositoryName, imageIds, nextToken, maxResults, filter))
BOOST_DESCRIBE_STRUCT(DescribeImages::Response, (), (imageDetails, nextToken))

ImageDetail detail_of(const registry::RepositoryRef& repository, const store::TaggedImage& tagged) {
    const auto& image = tagged.image;
    ImageDetail detail;
    detail.registryId = RegistryId{repository.registry.account.text()};
    detail.repositoryName = RepositoryName{repository.name.text()};
    detail.imageDigest = ImageDigest{image.digest.text()};
    if (!tagged.tags.empty()) {
        auto& tags = detail.imageTags.emplace().items;
        for (const auto& tag : tagged.tags) tags.push_back({tag.text()});
    }
    detail.imageSizeInBytes = Size{static_cast<std::int64_t>(image.image_size)};
    detail.imagePushedAt = image.pushed_at;
    if (tagged.scan) {
        detail.imageScanStatus = scan_status(*tagged.scan);
        // How many findings an index's children have together takes reading them: DescribeImageScanFindings says it.
        const bool index = oci::manifest_kind(image.media_type) == oci::ManifestKind::index;
        if (tagged.scan->state == store::ScanState::complete && !index) {
            detail.imageScanFindingsSummary = findings_summary(*tagged.scan);
        }
    }
    detail.imageManifestMediaType = MediaType{image.media_type};
    if (image.artifact_type) detail.artifactMediaType = MediaType{*image.artifact_type};
    detail.lastRecordedPullTime = image.last_pulled_at;
    if (image.subject) detail.subjectManifestDigest = ImageDigest{image.subject->text()};
    detail.imageStatus = image.status;
    detail.lastArchivedAt = image.last_archived_at;
    detail.lastActivatedAt = image.last_activated_at;
    return detail;
}

// What cannot be an image's name names no image: the whole call fails, as for one that is not there.
Answer<std::vector<model::ImageIdentifier>> wanted_images(const registry::RepositoryRef& repository,
                                                          const ImageIdentifiers& ids) {
    std::vector<model::ImageIdentifier> wanted;
    for (const auto& id : ids.items) {
        auto value = from_wire(id);
        if (auto* usable = std::get_if<model::ImageIdentifier>(&value)) {
            wanted.push_back(std::move(*usable));
            continue;
        }
        const auto& failure = std::get<ImageFailure>(value);
        if (failure.failureCode == ImageFailureCode::not_found) {
            return std::unexpected(ApiError(image_not_found(repository, id)));
        }
        return fail(FaultKind::invalid_parameter, reason_of(failure));
    }
    return wanted;
}

Task<Answer<DescribeImages::Response>> DescribeImages::named(Request request, const Call& call) {
    const auto repository = repository_of(call, request.registryId, request.repositoryName);
    auto wanted = wanted_images(repository, std::move(request.imageIds).value_or(ImageIdentifiers{}));
    if (!wanted) co_return std::unexpected(std::move(wanted).error());
    auto found = co_await call.environment.images.describe(call.caller, repository, std::move(*wanted));
    if (!found) co_return fail(std::move(found));
    auto indexes = co_await call.environment.scans.add_index_scans(repository.registry, *found);
    if (!indexes) co_return fail(std::move(indexes));
    const auto filter = from_wire(request.filter).tag_status;
    Response response;
    auto& items = response.imageDetails.emplace().items;
    for (const auto& image : *found) {
        const bool tagged = !image.tags.empty();
        if (filter == store::TagStatusFilter::tagged && !tagged) continue;
        if (filter == store::TagStatusFilter::untagged && tagged) continue;
        items.push_back(detail_of(repository, image));
    }
    co_return response;
}

Task<Answer<DescribeImages::Response>> DescribeImages::page(Request request, const Call& call) {
    const auto repository = repository_of(call, request.registryId, request.repositoryName);
    const auto filter = from_wire(request.filter);
    auto paging = Paging::of(call.environment.key, page_scope(name, repository, filter), request);
    if (!paging) co_return std::unexpected(std::move(paging).error());
    auto found =
        co_await call.environment.images.page(call.caller, repository, filter, paging->from(), paging->one_more());
    if (!found) co_return fail(std::move(found));
    auto indexes = co_await call.environment.scans.add_index_scans(repository.registry, *found);
    if (!indexes) co_return fail(std::move(indexes));
    Response response;
    response.nextToken = paging->cut(*found, [](const auto& last) { return last.image.digest.text(); });
    auto& items = response.imageDetails.emplace().items;
    for (const auto& image : *found) items.push_back(detail_of(repository, image));
    co_return response;
}

Task<Answer<DescribeImages::Response>> DescribeImages::handle(Request request, const Call& call) {
    if (!request.imageIds) co_return co_await page(std::move(request), call);
    if (auto alone = without_paging(request, "imageIds"); !alone) co_return std::unexpected(std::move(alone).error());
    co_return co_await named(std::move(request), call);
}

}  // namespace

constinit const Operation operation::describe_images = bind<DescribeImages>();

}  // namespace berth::api::aws
