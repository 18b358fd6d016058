#include "scanning/sbom_attacher.hpp"

#include "base/log.hpp"

#include <optional>
#include <utility>
#include <vector>

namespace berth::scanning {

struct SbomAttacher::Wanted {
    model::Image image;
    std::vector<model::Tag> tags;
};

SbomAttacher::SbomAttacher(registry::Services& services, registry::Uploads& uploads, registry::Images& images,
                           SbomFormat format, HostOf host_of, std::string tool_version)
    : services_(services),
      uploads_(uploads),
      images_(images),
      format_(format),
      host_of_(std::move(host_of)),
      tool_version_(std::move(tool_version)) {}

Task<Result<std::optional<SbomAttacher::Wanted>>> SbomAttacher::find_wanted(const registry::Call& call,
                                                                            const ScanTarget& target) {
    auto wanted = co_await services_.metadata.read([&](store::Transaction& tx) -> Result<std::optional<Wanted>> {
        const auto repository = tx.repositories().find(target.repository.registry, target.repository.name);
        auto image = repository ? tx.images().find(repository->id, target.digest) : std::nullopt;
        if (!image || image->status != model::ImageStatus::active || !may_have_sbom(*image)) return std::nullopt;
        auto tags = tx.images().tags(image->id);
        return Wanted{.image = std::move(*image), .tags = std::move(tags)};
    });
    if (!wanted || !*wanted) co_return wanted;
    const auto present = co_await images_.referrers(call, target.repository, target.digest,
                                                    std::string(artifact_type_of(format_)), {}, 1);
    if (!present) co_return std::unexpected(present.error());
    if (!present->empty()) co_return std::nullopt;
    co_return wanted;
}

Task<void> SbomAttacher::attach(const ScanTarget& target, const inventory::Inventory& inventory) {
    const auto& registry = target.repository.registry;
    const registry::Call call{.principal = iam::account_root(registry), .request_id = {}};
    auto wanted = co_await find_wanted(call, target);
    Result<void> done;
    if (!wanted) {
        done = std::unexpected(wanted.error());
    } else if (auto& present = *wanted) {
        SbomFacts facts{.tag = {}, .layers = {}, .registry_host = host_of_(registry), .tool_version = tool_version_};
        if (!present->tags.empty()) facts.tag = present->tags.front().text();
        for (const auto& layer : target.layers) facts.layers.push_back(layer.digest);
        const auto attached = co_await attach_sbom(uploads_, images_, call, target.repository,
                                                   std::move(present->image), inventory, std::move(facts), format_);
        if (!attached) done = std::unexpected(attached.error());
    }
    // The image, or all of its repository, was deleted while it was read.
    if (done || done.error().kind == FaultKind::image_not_found ||
        done.error().kind == FaultKind::repository_not_found) {
        co_return;
    }
    log::warning("a bill of materials could not be attached",
                 {{"digest", target.digest.text()}, {"reason", done.error().message}});
}

}  // namespace berth::scanning
