#include "registry/access.hpp"

#include "registry/faults.hpp"
#include "registry/read_cache.hpp"

namespace berth::registry {

namespace {

Task<Result<std::shared_ptr<const model::Repository>>> load(Services& services, const RepositoryRef& repository,
                                                            const std::string& key) {
    const auto ticket = services.cache.repositories.ticket({0, key});
    auto found = co_await services.metadata.read(
        [&](store::Transaction& tx) -> Result<model::Repository> { return find_repository(tx, repository); });
    if (!found) co_return fail(std::move(found));
    auto shared = std::make_shared<const model::Repository>(std::move(*found));
    services.cache.repositories.put(ticket, {0, key}, shared, sizeof(model::Repository) + key.size() * 3);
    co_return shared;
}

}  // namespace

Task<Result<void>> require(const Services& services, const Call& call, iam::Action action,
                           const RepositoryRef& repository) {
    const iam::Resource resource{.registry = repository.registry, .repository = repository.name};
    co_return co_await services.authorizer.require(call.principal, action, resource);
}

Task<Result<void>> require(const Services& services, const Call& call, iam::Action action,
                           const model::Registry& registry) {
    const iam::Resource resource{.registry = registry};
    co_return co_await services.authorizer.require(call.principal, action, resource);
}

Task<Result<std::shared_ptr<const model::Repository>>> enter(Services& services, const Call& call, iam::Action action,
                                                             const RepositoryRef& repository) {
    auto allowed = co_await require(services, call, action, repository);
    if (!allowed) co_return fail(std::move(allowed));
    const auto key = repository_key(repository);
    if (auto cached = services.cache.repositories.find({0, key})) co_return cached;
    co_return co_await load(services, repository, key);
}

Result<model::Repository> find_repository(store::Transaction& tx, const RepositoryRef& repository) {
    auto found = tx.repositories().find(repository.registry, repository.name);
    if (!found) return std::unexpected(repository_not_found(repository));
    return std::move(*found);
}

std::optional<model::Image> find_image(store::Transaction& tx, model::RepositoryId repository,
                                       const model::ImageIdentifier& id) {
    if (id.tag) return tx.images().find(repository, *id.tag);
    if (id.digest) return tx.images().find(repository, *id.digest);
    return std::nullopt;
}

}  // namespace berth::registry
