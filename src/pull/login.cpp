#include "pull/login.hpp"

#include "base/encoding.hpp"
#include "client/credentials.hpp"

#include <boost/json.hpp>

#include <array>

namespace berth::pull {

namespace {

namespace json = boost::json;

// "https://host/v1/" and "host" are the same entry.
std::string_view host_of(std::string_view key) {
    if (const auto scheme = key.find("://"); scheme != std::string_view::npos) key.remove_prefix(scheme + 3);
    return key.substr(0, key.find('/'));
}

std::optional<Login> login_of(const json::value& entry) {
    const auto* object = entry.if_object();
    const auto* auth = object != nullptr ? object->if_contains("auth") : nullptr;
    if (auth == nullptr || !auth->is_string()) return std::nullopt;
    const auto text = from_base64(auth->get_string());
    if (!text) return std::nullopt;
    const auto colon = text->find(':');
    if (colon == std::string::npos || colon == 0) return std::nullopt;
    return Login{.user = text->substr(0, colon), .password = Secret(text->substr(colon + 1))};
}

}  // namespace

Secret Login::basic() const {
    std::string pair = user + ':';
    pair += password.reveal();
    return Secret("Basic " + to_base64(pair));
}

std::optional<Login> find_login(std::string_view config, std::string_view host) {
    constexpr std::size_t max_depth = 16;
    json::error_code error;
    const auto value = json::parse(config, error, {}, {.max_depth = max_depth});
    const auto* root = error ? nullptr : value.if_object();
    const auto* auths = root != nullptr ? root->if_contains("auths") : nullptr;
    if (auths == nullptr || !auths->is_object()) return std::nullopt;
    const auto wanted = host == "docker.io" ? std::string_view("index.docker.io") : host;
    for (const auto& [key, entry] : auths->get_object()) {
        if (host_of(key) != wanted && host_of(key) != host) continue;
        if (auto login = login_of(entry)) return login;
    }
    return std::nullopt;
}

std::filesystem::path docker_config_file() {
    const auto environment = client::process_environment();
    constexpr std::array<std::array<const char*, 2>, 3> places{{{"DOCKER_CONFIG", "config.json"},
                                                                {"HOME", ".docker/config.json"},
                                                                {"XDG_RUNTIME_DIR", "containers/auth.json"}}};
    for (const auto& [variable, file] : places) {
        const auto folder = environment(variable);
        if (!folder || folder->empty()) continue;
        auto path = std::filesystem::path(*folder) / file;
        std::error_code error;
        if (std::filesystem::is_regular_file(path, error)) return path;
        if (std::string_view(variable) == "DOCKER_CONFIG") return {};  // whoever names one means no other
    }
    return {};
}

}  // namespace berth::pull
