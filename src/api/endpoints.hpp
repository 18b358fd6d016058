// Which registry a host name means, and under which host names clients reach a registry.
//
// Host names of Amazon ECR: ACCOUNT.dkr.ecr.REGION.DOMAIN for a registry (also ecr-fips, and dkr-ecr in one label)
// and api.ecr.REGION.DOMAIN or ecr.REGION.DOMAIN for the API. Any DOMAIN and any port will do.
#pragma once

#include "model/names.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace berth::api {

enum class Scheme : std::uint8_t { http, https };

// The registry a host name of the ECR form selects; nullopt for every other host.
[[nodiscard]] std::optional<model::Registry> registry_of_host(std::string_view host);
// The region a host name of the API or of a registry names; nullopt for every other host.
[[nodiscard]] std::optional<model::Region> region_of_host(std::string_view host);

// What clients on this machine can dial for a listening address: an unspecified or IPv4 loopback address becomes
// "localhost"; the port is left out where the scheme implies it.
[[nodiscard]] std::string default_public_host(std::string_view address, std::uint16_t port, Scheme scheme);

// Under which names one caller reaches the registries of this server. A value; any thread.
class Addresses {
public:
    // `own_host` is the host (and port) of the server's own registry, `domain` what follows ACCOUNT.dkr.ecr.REGION.
    // for the others.
    Addresses(model::Registry own, std::string own_host, std::string domain, Scheme scheme);

    // Host (and port) under which the caller reaches the registry.
    [[nodiscard]] std::string registry_host(const model::Registry& registry) const;
    // HOST/NAME, without a scheme: what goes in front of ":TAG".
    [[nodiscard]] std::string repository_uri(const model::Registry& registry, std::string_view name) const;
    // http://HOST or https://HOST
    [[nodiscard]] std::string proxy_endpoint(const model::Registry& registry) const;

private:
    model::Registry own_;
    std::string own_host_;
    std::string domain_;
    Scheme scheme_;
};

// Immutable after construction; any thread.
class Endpoints {
public:
    struct Config {
        model::Registry own;  // the server's own registry
        // As clients dial the own registry: "registry.example:5000". Without one, whatever name a caller used is the
        // name it is shown: it is known to work for that caller.
        std::optional<std::string> public_host = std::nullopt;
        // What follows ACCOUNT.dkr.ecr.REGION. for other registries; default: the own registry's host
        std::optional<std::string> domain = std::nullopt;
        std::string fallback_host;  // for callers that name no usable host
        Scheme scheme = Scheme::http;
    };
    explicit Endpoints(Config config) : config_(std::move(config)) {}

    [[nodiscard]] const model::Registry& own() const { return config_.own; }
    // The registry a request with this Host header is for.
    [[nodiscard]] model::Registry registry_for(std::string_view host) const;
    // The region an API call with this Host header is for.
    [[nodiscard]] model::Region region_for(std::string_view host) const;
    // The names to show a caller that sent this Host header.
    [[nodiscard]] Addresses seen_from(std::string_view host) const;

private:
    Config config_;
};

}  // namespace berth::api
