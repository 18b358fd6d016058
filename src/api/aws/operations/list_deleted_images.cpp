#include "api/aws/bind.hpp"
#include "api/aws/extensions.hpp"
#include "api/aws/paging.hpp"
#include "api/aws/translate.hpp"

#include <charconv>

namespace berth::api::aws {

namespace {

struct DeletionCause {
    std::optional<AnyText> principalArn;
    std::optional<Number<1, no_maximum>> lifecycleRulePriority;
};
BOOST_DESCRIBE_STRUCT(DeletionCause, (), (principalArn, lifecycleRulePriority))

struct DeletedImageDetail {
    std::optional<RegistryId> registryId;
    std::optional<RepositoryName> repositoryName;
    std::optional<ImageDigest> imageDigest;
    std::optional<List<ImageTag>> imageTags;
    std::optional<Size> imageSizeInBytes;
    std::optional<MediaType> imageManifestMediaType;
    std::optional<MediaType> artifactMediaType;
    std::optional<ImageDigest> subjectManifestDigest;
    std::optional<Timestamp> imagePushedAt;
    std::optional<Timestamp> lastRecordedPullTime;
    std::optional<Timestamp> deletedAt;
    std::optional<Timestamp> expiresAt;
    std::optional<DeletionCause> deletedBy;
};
BOOST_DESCRIBE_STRUCT(DeletedImageDetail, (),
                      (registryId, repositoryName, imageDigest, imageTags, imageSizeInBytes, imageManifestMediaType,
                       artifactMediaType, subjectManifestDigest, imagePushedAt, lastRecordedPullTime, deletedAt,
                       expiresAt, deletedBy))

struct ListDeletedImages {
    static constexpr std::string_view name = "ListDeletedImages";
    static constexpr iam::Action action = iam::action::list_deleted_images;
    struct Request {
        std::optional<RegistryId> registryId;
        std::optional<RepositoryName> repositoryName;
        std::optional<NextToken> nextToken;
        std::optional<MaxResults> maxResults;
    };
    struct Response {
        std::optional<List<DeletedImageDetail>> deletedImages;
        std::optional<NextToken> nextToken;
    };
    static Task<Answer<Response>> handle(Request request, const Call& call);
};
BOOST_DESCRIBE_STRUCT(ListDeletedImages::Request, (), (registryId, repositoryName, nextToken, maxResults))
BOOST_DESCRIBE_STRUCT(ListDeletedImages::Response, (), (deletedImages, nextToken))

std::string scope_of(const model::Registry& registry, const std::optional<RepositoryName>& repository) {
    return std::string(ListDeletedImages::name) + "\n" + registry.account.text() + "\n" + registry.region.text() +
           "\n" + (repository ? repository->value : std::string());
}

// "MILLISECONDS ID"; this server wrote it.
std::string position_text(const store::BinnedImage& binned) {
    return std::to_string(binned.deleted_at.time_since_epoch().count()) + " " +
           std::to_string(static_cast<std::int64_t>(binned.image.id));
}
store::BinPosition read_position(std::string_view text) {
    std::int64_t time = 0;
    store::BinPosition position;
    const auto* end = text.data() + text.size();
    const auto first = std::from_chars(text.data(), end, time);
    if (first.ptr != end) std::from_chars(first.ptr + 1, end, position.id);
    position.deleted_at = berth::Timestamp(std::chrono::milliseconds(time));
    return position;
}

DeletedImageDetail detail_of(const Call& call, const model::Registry& registry, const store::BinEntry& entry) {
    const auto& image = entry.binned.image;
    DeletedImageDetail detail;
    detail.registryId = RegistryId{registry.account.text()};
    detail.repositoryName = RepositoryName{entry.repository.text()};
    detail.imageDigest = ImageDigest{image.digest.text()};
    if (!entry.binned.tags.empty()) {
        auto& tags = detail.imageTags.emplace().items;
        for (const auto& tag : entry.binned.tags) tags.push_back({tag.text()});
    }
    detail.imageSizeInBytes = Size{static_cast<std::int64_t>(image.image_size)};
    detail.imageManifestMediaType = MediaType{image.media_type};
    if (image.artifact_type) detail.artifactMediaType = MediaType{*image.artifact_type};
    if (image.subject) detail.subjectManifestDigest = ImageDigest{image.subject->text()};
    detail.imagePushedAt = image.pushed_at;
    detail.lastRecordedPullTime = image.last_pulled_at;
    detail.deletedAt = entry.binned.deleted_at;
    detail.expiresAt = call.environment.recycle_bin.expiry(entry.binned.deleted_at);
    auto& cause = detail.deletedBy.emplace();
    const auto& [principal, rule] = entry.binned.cause;
    if (!principal.empty()) cause.principalArn = AnyText{principal};
    if (rule) cause.lifecycleRulePriority = Number<1, no_maximum>{*rule};
    return detail;
}

Task<Answer<ListDeletedImages::Response>> ListDeletedImages::handle(Request request, const Call& call) {
    const auto registry = registry_of(call, request.registryId);
    auto paging = Paging::of(call.environment.key, scope_of(registry, request.repositoryName), request);
    if (!paging) co_return std::unexpected(std::move(paging).error());
    std::optional<model::RepositoryName> repository;
    if (request.repositoryName) repository = model::RepositoryName::parse(request.repositoryName->value);
    auto found = co_await call.environment.recycle_bin.page(call.caller, registry, repository,
                                                            paging->from(read_position), paging->one_more());
    if (!found) co_return fail(std::move(found));
    Response response;
    response.nextToken = paging->cut(*found, [](const auto& last) { return position_text(last.binned); });
    auto& items = response.deletedImages.emplace().items;
    for (const auto& entry : *found) items.push_back(detail_of(call, registry, entry));
    co_return response;
}

}  // namespace

constinit const Operation extension::list_deleted_images = bind<ListDeletedImages>();

}  // namespace berth::api::aws
