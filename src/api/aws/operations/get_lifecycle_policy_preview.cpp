#include "api/aws/bind.hpp"
#include "api/aws/catalog.hpp"
#include "api/aws/lifecycle_shapes.hpp"
#include "api/aws/paging.hpp"

#include <charconv>

namespace berth::api::aws {

namespace {

struct LifecyclePolicyPreviewFilter {
    std::optional<store::TagStatusFilter> tagStatus;
};
BOOST_DESCRIBE_STRUCT(LifecyclePolicyPreviewFilter, (), (tagStatus))

struct LifecyclePolicyRuleAction {
    std::optional<store::LifecycleAction> type;
    std::optional<TransitionTarget> targetStorageClass;
};
BOOST_DESCRIBE_STRUCT(LifecyclePolicyRuleAction, (), (type, targetStorageClass))

struct LifecyclePolicyPreviewResult {
    std::optional<List<ImageTag>> imageTags;
    std::optional<ImageDigest> imageDigest;
    std::optional<Timestamp> imagePushedAt;
    std::optional<LifecyclePolicyRuleAction> action;
    std::optional<RulePriority> appliedRulePriority;
    std::optional<registry::StorageClass> storageClass;
};
BOOST_DESCRIBE_STRUCT(LifecyclePolicyPreviewResult, (),
                      (imageTags, imageDigest, imagePushedAt, action, appliedRulePriority, storageClass))

struct TransitioningImageTotalCount {
    std::optional<TransitionTarget> targetStorageClass;
    std::optional<ImageCount> imageTotalCount;
};
BOOST_DESCRIBE_STRUCT(TransitioningImageTotalCount, (), (targetStorageClass, imageTotalCount))

struct LifecyclePolicyPreviewSummary {
    std::optional<ImageCount> expiringImageTotalCount;
    std::optional<List<TransitioningImageTotalCount>> transitioningImageTotalCounts;
};
BOOST_DESCRIBE_STRUCT(LifecyclePolicyPreviewSummary, (), (expiringImageTotalCount, transitioningImageTotalCounts))

struct GetLifecyclePolicyPreview {
    static constexpr std::string_view name = "GetLifecyclePolicyPreview";
    static constexpr iam::Action action = iam::action::get_lifecycle_policy_preview;
    struct Request {
        std::optional<RegistryId> registryId;
        RepositoryName repositoryName;
        std::optional<ImageIdentifiers> imageIds;
        std::optional<NextToken> nextToken;
        std::optional<PreviewMaxResults> maxResults;
        std::optional<LifecyclePolicyPreviewFilter> filter;
    };
    struct Response {
        std::optional<RegistryId> registryId;
        std::optional<RepositoryName> repositoryName;
        std::optional<LifecyclePolicyText> lifecyclePolicyText;
        std::optional<store::PreviewStatus> status;
        std::optional<NextToken> nextToken;
        std::optional<List<LifecyclePolicyPreviewResult>> previewResults;
        std::optional<LifecyclePolicyPreviewSummary> summary;
    };
    static Task<Answer<Response>> handle(Request request, const Call& call);
    static Task<Answer<Response>> named(Request request, const Call& call);
    static Task<Answer<Response>> page(Request request, const Call& call);
};
BOOST_DESCRIBE_STRUCT(GetLifecyclePolicyPreview::Request, (),
                      (registryId, repositoryName, imageIds, nextToken, maxResults, filter))
BOOST_DESCRIBE_STRUCT(GetLifecyclePolicyPreview::Response, (),
                      (registryId, repositoryName, lifecyclePolicyText, status, nextToken, previewResults, summary))

LifecyclePolicyPreviewResult preview_result(const store::PreviewResult& result) {
    LifecyclePolicyPreviewResult wire;
    auto& tags = wire.imageTags.emplace().items;
    for (const auto& tag : result.tags) tags.push_back({tag.text()});
    wire.imageDigest = ImageDigest{result.digest.text()};
    wire.imagePushedAt = result.pushed_at;
    auto& action = wire.action.emplace();
    action.type = result.action;
    if (result.action == store::LifecycleAction::archive) action.targetStorageClass = TransitionTarget::archive;
    wire.appliedRulePriority = RulePriority{result.rule_priority};
    wire.storageClass = result.archived ? registry::StorageClass::archive : registry::StorageClass::standard;
    return wire;
}

LifecyclePolicyPreviewSummary preview_summary(const store::LifecyclePreview& preview) {
    LifecyclePolicyPreviewSummary wire;
    wire.expiringImageTotalCount = ImageCount{static_cast<std::int64_t>(preview.expiring)};
    auto& transitions = wire.transitioningImageTotalCounts.emplace().items;
    if (preview.archiving > 0) {
        transitions.push_back({.targetStorageClass = TransitionTarget::archive,
                               .imageTotalCount = ImageCount{static_cast<std::int64_t>(preview.archiving)}});
    }
    return wire;
}

GetLifecyclePolicyPreview::Response preview_response(const registry::RepositoryRef& repository,
                                                     const registry::PreviewPage& page) {
    GetLifecyclePolicyPreview::Response response;
    response.registryId = RegistryId{repository.registry.account.text()};
    response.repositoryName = RepositoryName{repository.name.text()};
    response.lifecyclePolicyText = LifecyclePolicyText{page.preview.policy_text};
    response.status = page.preview.status;
    auto& results = response.previewResults.emplace().items;
    for (const auto& result : page.results) results.push_back(preview_result(result));
    if (page.preview.status == store::PreviewStatus::complete) response.summary = preview_summary(page.preview);
    return response;
}

// "PREVIEW POSITION": a token this server signed.
std::optional<registry::PreviewPosition> preview_position(std::string_view text) {
    registry::PreviewPosition position;
    const auto* end = text.data() + text.size();
    const auto [space, error] = std::from_chars(text.data(), end, position.preview);
    if (error == std::errc{} && space != end) std::from_chars(space + 1, end, position.position);
    return position;
}

store::TagStatusFilter wanted_status(const std::optional<LifecyclePolicyPreviewFilter>& filter) {
    return filter ? filter->tagStatus.value_or(store::TagStatusFilter::any) : store::TagStatusFilter::any;
}

std::optional<bool> wanted_tagged(const std::optional<LifecyclePolicyPreviewFilter>& filter) {
    const auto status = wanted_status(filter);
    if (status == store::TagStatusFilter::any) return std::nullopt;
    return status == store::TagStatusFilter::tagged;
}

Task<Answer<GetLifecyclePolicyPreview::Response>> GetLifecyclePolicyPreview::named(Request request, const Call& call) {
    const auto repository = repository_of(call, request.registryId, request.repositoryName);
    std::vector<model::ImageIdentifier> ids;
    const auto named = std::move(request.imageIds).value_or(ImageIdentifiers{});
    for (const auto& id : named.items) {
        auto value = from_wire(id);
        if (auto* usable = std::get_if<model::ImageIdentifier>(&value)) {
            ids.push_back(std::move(*usable));
            continue;
        }
        const auto& failure = std::get<ImageFailure>(value);
        if (failure.failureCode == ImageFailureCode::not_found) continue;  // no image can have that name
        co_return fail(FaultKind::invalid_parameter, reason_of(failure));
    }
    auto found = co_await call.environment.lifecycle_previews.of_images(call.caller, repository, std::move(ids));
    if (!found) co_return fail(std::move(found));
    if (const auto tagged = wanted_tagged(request.filter)) {
        std::erase_if(found->results, [&](const auto& result) { return result.tags.empty() == *tagged; });
    }
    co_return preview_response(repository, *found);
}

Task<Answer<GetLifecyclePolicyPreview::Response>> GetLifecyclePolicyPreview::page(Request request, const Call& call) {
    const auto repository = repository_of(call, request.registryId, request.repositoryName);
    const auto tagged = wanted_tagged(request.filter);
    auto paging = Paging::of(
        call.environment.key,
        page_scope(name, repository, {.tag_status = wanted_status(request.filter), .status = std::nullopt}), request);
    if (!paging) co_return std::unexpected(std::move(paging).error());
    auto found = co_await call.environment.lifecycle_previews.page(call.caller, repository, tagged,
                                                                   paging->from(preview_position), paging->one_more());
    if (!found) co_return fail(std::move(found));
    auto next = paging->cut(found->results, [&](const auto& last) {
        return std::to_string(found->preview.id) + " " + std::to_string(last.position);
    });
    auto response = preview_response(repository, *found);
    response.nextToken = std::move(next);
    co_return response;
}

Task<Answer<GetLifecyclePolicyPreview::Response>> GetLifecyclePolicyPreview::handle(Request request, const Call& call) {
    if (!request.imageIds) co_return co_await page(std::move(request), call);
    if (auto alone = without_paging(request, "imageIds"); !alone) co_return std::unexpected(std::move(alone).error());
    co_return co_await named(std::move(request), call);
}

}  // namespace

constinit const Operation operation::get_lifecycle_policy_preview = bind<GetLifecyclePolicyPreview>();

}  // namespace berth::api::aws
