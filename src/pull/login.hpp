// Who to be at a registry: a name and a password, from the caller or from the file that `docker login` writes.
#pragma once

#include "base/result.hpp"
#include "base/secret.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace berth::pull {

struct Login {
    std::string user;
    Secret password;

    // "Basic ...": goes to the registry itself and to the token service it names.
    [[nodiscard]] Secret basic() const;
};

// The entry for `host` in the text of a docker config.json; docker.io's stands there under its old address. nullopt:
// none, or kept by a credential helper, which is not asked.
[[nodiscard]] std::optional<Login> find_login(std::string_view config, std::string_view host);

// $DOCKER_CONFIG/config.json, else ~/.docker/config.json, else $XDG_RUNTIME_DIR/containers/auth.json; the first that is
// there. Empty: none.
[[nodiscard]] std::filesystem::path docker_config_file();

}  // namespace berth::pull
