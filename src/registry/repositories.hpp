// Use cases of repositories: create, list, delete, tag mutability, resource tags.
#pragma once

#include "async/task.hpp"
#include "base/result.hpp"
#include "model/repository.hpp"
#include "registry/call.hpp"
#include "registry/services.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace berth::registry {

struct NewRepository {
    model::RepositoryName name;
    model::TagMutabilityRule tag_mutability;
    bool scan_on_push = false;
    model::Encryption encryption;
    std::vector<model::ResourceTag> tags;
};

enum class Contents : bool { must_be_empty, delete_too };

// Thread-safe; lives as long as the services it was given. Every function authorises first.
class Repositories {
public:
    explicit Repositories(Services& services) : services_(services) {}

    Task<Result<model::Repository>> create(const Call& call, model::Registry registry, NewRepository wanted);
    Task<Result<model::Repository>> get(const Call& call, RepositoryRef repository);
    // These, in this order; one unknown name fails the call.
    Task<Result<std::vector<model::Repository>>> get_all(const Call& call, model::Registry registry,
                                                         std::vector<model::RepositoryName> names);
    // By name; `after` is exclusive and need not exist.
    Task<Result<std::vector<model::Repository>>> page(const Call& call, model::Registry registry, std::string after,
                                                      std::size_t limit);
    Task<Result<model::Repository>> remove(const Call& call, RepositoryRef repository, Contents contents);
    Task<Result<model::Repository>> set_tag_mutability(const Call& call, RepositoryRef repository,
                                                       model::TagMutabilityRule rule);
    Task<Result<model::Repository>> set_scan_on_push(const Call& call, RepositoryRef repository, bool scan_on_push);

    Task<Result<std::vector<model::ResourceTag>>> resource_tags(const Call& call, RepositoryRef repository);
    // invalid_tag_parameter and too_many_tags leave everything as it was.
    Task<Result<void>> put_resource_tags(const Call& call, RepositoryRef repository,
                                         std::vector<model::ResourceTag> tags);
    Task<Result<void>> erase_resource_tags(const Call& call, RepositoryRef repository, std::vector<std::string> keys);

private:
    Services& services_;
};

}  // namespace berth::registry
