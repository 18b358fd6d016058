#include "registry/read_cache.hpp"

namespace berth::registry {

std::string repository_key(const RepositoryRef& repository) {
    std::string key;
    const auto& [account, region] = repository.registry;
    key.reserve(account.text().size() + region.text().size() + repository.name.text().size() + 2);
    key += account.text();
    key += '/';
    key += region.text();
    key += '/';
    key += repository.name.text();
    return key;
}

}  // namespace berth::registry
