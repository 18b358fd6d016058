#include "registry/repositories.hpp"

#include "registry/access.hpp"
#include "registry/events.hpp"
#include "registry/faults.hpp"
#include "registry/read_cache.hpp"
#include "registry/resource_tags.hpp"

namespace berth::registry {

namespace {

model::Repository describe(Services& services, const RepositoryRef& repository, const NewRepository& wanted) {
    const auto now = services.clock.now();
    return {.id = model::RepositoryId{make_row_id(now, services.random)},
            .registry = repository.registry,
            .name = repository.name,
            .created_at = now,
            .tag_mutability = wanted.tag_mutability,
            .scan_on_push = wanted.scan_on_push,
            .encryption = wanted.encryption};
}

}  // namespace

Task<Result<model::Repository>> Repositories::create(const Call& call, model::Registry registry, NewRepository wanted) {
    const RepositoryRef ref{.registry = registry, .name = wanted.name};
    auto allowed = co_await require(services_, call, iam::action::create_repository, ref);
    if (!allowed) co_return fail(std::move(allowed));
    if (!wanted.tags.empty()) {
        allowed = co_await require(services_, call, iam::action::tag_resource, ref);
        if (!allowed) co_return fail(std::move(allowed));
    }
    auto tags = merge_resource_tags({}, wanted.tags);
    if (!tags) co_return fail(std::move(tags));
    const auto repository = describe(services_, ref, wanted);
    auto created = co_await services_.metadata.write([&](store::Transaction& tx) -> Result<model::Repository> {
        if (tx.repositories().insert(repository) == store::Inserted::no) return std::unexpected(repository_exists(ref));
        for (const auto& tag : *tags) tx.repositories().put_resource_tag(repository.id, tag);
        announce_repository(services_, tx, event::repository_create, ref);
        return repository;
    });
    services_.cache.repositories.drop({0, repository_key(ref)});
    co_return created;
}

Task<Result<model::Repository>> Repositories::get(const Call& call, RepositoryRef repository) {
    auto found = co_await enter(services_, call, iam::action::describe_repositories, repository);
    if (!found) co_return fail(std::move(found));
    co_return **found;
}

Task<Result<std::vector<model::Repository>>> Repositories::get_all(const Call& call, model::Registry registry,
                                                                   std::vector<model::RepositoryName> names) {
    std::vector<model::Repository> all;
    for (auto& name : names) {
        RepositoryRef ref{.registry = registry, .name = std::move(name)};
        auto found = co_await get(call, std::move(ref));
        if (!found) co_return fail(std::move(found));
        all.push_back(std::move(*found));
    }
    co_return all;
}

Task<Result<std::vector<model::Repository>>> Repositories::page(const Call& call, model::Registry registry,
                                                                std::string after, std::size_t limit) {
    auto allowed = co_await require(services_, call, iam::action::describe_repositories, registry);
    if (!allowed) co_return fail(std::move(allowed));
    co_return co_await services_.metadata.read([&](store::Transaction& tx) -> Result<std::vector<model::Repository>> {
        return tx.repositories().page(registry, after, limit);
    });
}

Task<Result<model::Repository>> Repositories::remove(const Call& call, RepositoryRef repository, Contents contents) {
    auto allowed = co_await require(services_, call, iam::action::delete_repository, repository);
    if (!allowed) co_return fail(std::move(allowed));
    auto removed = co_await services_.metadata.write([&](store::Transaction& tx) -> Result<model::Repository> {
        auto found = find_repository(tx, repository);
        if (!found) return found;
        if (contents == Contents::must_be_empty && tx.images().any(found->id)) {
            return std::unexpected(repository_not_empty(repository));
        }
        tx.repositories().mark_deleted(found->id, services_.clock.now());
        announce_repository(services_, tx, event::repository_delete, repository);
        return found;
    });
    services_.cache.repositories.drop({0, repository_key(repository)});
    co_return removed;
}

Task<Result<model::Repository>> Repositories::set_tag_mutability(const Call& call, RepositoryRef repository,
                                                                 model::TagMutabilityRule rule) {
    auto allowed = co_await require(services_, call, iam::action::put_image_tag_mutability, repository);
    if (!allowed) co_return fail(std::move(allowed));
    auto changed = co_await services_.metadata.write([&](store::Transaction& tx) -> Result<model::Repository> {
        auto found = find_repository(tx, repository);
        if (!found) return found;
        tx.repositories().set_tag_mutability(found->id, rule);
        found->tag_mutability = rule;
        return found;
    });
    services_.cache.repositories.drop({0, repository_key(repository)});
    co_return changed;
}

Task<Result<model::Repository>> Repositories::set_scan_on_push(const Call& call, RepositoryRef repository,
                                                               bool scan_on_push) {
    auto allowed = co_await require(services_, call, iam::action::put_image_scanning_configuration, repository);
    if (!allowed) co_return fail(std::move(allowed));
    auto changed = co_await services_.metadata.write([&](store::Transaction& tx) -> Result<model::Repository> {
        auto found = find_repository(tx, repository);
        if (!found) return found;
        tx.repositories().set_scan_on_push(found->id, scan_on_push);
        found->scan_on_push = scan_on_push;
        return found;
    });
    services_.cache.repositories.drop({0, repository_key(repository)});
    co_return changed;
}

Task<Result<std::vector<model::ResourceTag>>> Repositories::resource_tags(const Call& call, RepositoryRef repository) {
    auto allowed = co_await require(services_, call, iam::action::list_tags_for_resource, repository);
    if (!allowed) co_return fail(std::move(allowed));
    co_return co_await services_.metadata.read([&](store::Transaction& tx) -> Result<std::vector<model::ResourceTag>> {
        auto found = find_repository(tx, repository);
        if (!found) return fail(std::move(found));
        return tx.repositories().resource_tags(found->id);
    });
}

Task<Result<void>> Repositories::put_resource_tags(const Call& call, RepositoryRef repository,
                                                   std::vector<model::ResourceTag> tags) {
    auto allowed = co_await require(services_, call, iam::action::tag_resource, repository);
    if (!allowed) co_return fail(std::move(allowed));
    co_return co_await services_.metadata.write([&](store::Transaction& tx) -> Result<void> {
        auto found = find_repository(tx, repository);
        if (!found) return fail(std::move(found));
        auto merged = merge_resource_tags(tx.repositories().resource_tags(found->id), tags);
        if (!merged) return fail(std::move(merged));
        for (const auto& tag : tags) tx.repositories().put_resource_tag(found->id, tag);
        return {};
    });
}

Task<Result<void>> Repositories::erase_resource_tags(const Call& call, RepositoryRef repository,
                                                     std::vector<std::string> keys) {
    auto allowed = co_await require(services_, call, iam::action::untag_resource, repository);
    if (!allowed) co_return fail(std::move(allowed));
    co_return co_await services_.metadata.write([&](store::Transaction& tx) -> Result<void> {
        auto found = find_repository(tx, repository);
        if (!found) return fail(std::move(found));
        for (const auto& key : keys) tx.repositories().erase_resource_tag(found->id, key);
        return {};
    });
}

}  // namespace berth::registry
