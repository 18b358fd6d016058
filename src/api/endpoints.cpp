#include "api/endpoints.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace berth::api {

namespace {

constexpr std::size_t longest_host = 253;  // RFC 1035, 2.3.4

// The host of a Host header in lower case: without its port and without the root's dot.
std::string host_name(std::string_view host) {
    if (const auto colon = host.rfind(':'); colon != std::string_view::npos && !host.ends_with(']')) {
        host = host.substr(0, colon);
    }
    if (host.ends_with('.')) host.remove_suffix(1);
    std::string name(host.substr(0, std::min(host.size(), longest_host + 1)));
    std::ranges::transform(name, name.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return name;
}

// Takes the label up to the next '.' off the front; nullopt when nothing would follow it.
std::optional<std::string_view> next_label(std::string_view& rest) {
    const auto dot = rest.find('.');
    if (dot == std::string_view::npos || dot + 1 == rest.size()) return std::nullopt;
    const auto label = rest.substr(0, dot);
    rest.remove_prefix(dot + 1);
    return label;
}

bool is_service_label(std::optional<std::string_view> label) {
    return label == "ecr" || label == "ecr-fips";
}

// Takes "dkr.ecr." or "dkr-ecr." (each also with -fips) off the front.
bool take_registry_labels(std::string_view& rest) {
    const auto first = next_label(rest);
    if (first == "dkr-ecr" || first == "dkr-ecr-fips") return true;
    return first == "dkr" && is_service_label(next_label(rest));
}

struct RegistryHost {
    model::Registry registry;
    std::string domain;
};

std::optional<RegistryHost> parse_registry_host(const std::string& name) {
    if (name.size() > longest_host) return std::nullopt;
    std::string_view rest = name;
    const auto account = model::AccountId::parse(next_label(rest).value_or(""));
    if (!account || !take_registry_labels(rest)) return std::nullopt;
    const auto region = model::Region::parse(next_label(rest).value_or(""));
    if (!region) return std::nullopt;
    return RegistryHost{.registry = {.account = *account, .region = *region}, .domain = std::string(rest)};
}

// The domain an ECR-like host name (of a registry or of the API) ends in, with the port; nullopt for other hosts.
std::optional<std::string> domain_of(std::string_view host) {
    const auto name = host_name(host);
    std::string domain;
    if (const auto parsed = parse_registry_host(name)) {
        domain = parsed->domain;
    } else {
        std::string_view rest = name;
        auto label = next_label(rest);
        if (label == "api") label = next_label(rest);
        if (!is_service_label(label) || !model::Region::parse(next_label(rest).value_or(""))) return std::nullopt;
        domain = rest;
    }
    const auto port = host.rfind(':');
    if (port != std::string_view::npos) domain += host.substr(port);
    return domain;
}

std::string ecr_host(const model::Registry& registry, std::string_view domain) {
    return registry.account.text() + ".dkr.ecr." + registry.region.text() + "." + std::string(domain);
}

// Nothing but a name or an address and a port: it is going to stand in answers.
bool is_plain_host(std::string_view host) {
    const auto plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
               c == ':' || c == '[' || c == ']';
    };
    return !host.empty() && host.size() <= longest_host + 6 && std::ranges::all_of(host, plain);
}

}  // namespace

std::optional<model::Registry> registry_of_host(std::string_view host) {
    const auto name = host_name(host);
    auto parsed = parse_registry_host(name);
    if (!parsed) return std::nullopt;
    return std::move(parsed->registry);
}

std::optional<model::Region> region_of_host(std::string_view host) {
    const auto name = host_name(host);
    if (auto parsed = parse_registry_host(name)) return std::move(parsed->registry.region);
    if (name.size() > longest_host) return std::nullopt;
    std::string_view rest = name;
    auto label = next_label(rest);
    if (label == "api") label = next_label(rest);
    if (!is_service_label(label)) return std::nullopt;
    return model::Region::parse(next_label(rest).value_or(""));
}

std::string default_public_host(std::string_view address, std::uint16_t port, Scheme scheme) {
    std::string host(address);
    if (address.empty() || address == "0.0.0.0" || address == "::" || address == "127.0.0.1") {
        host = "localhost";
    } else if (address.find(':') != std::string_view::npos) {
        host = "[" + host + "]";
    }
    // Plain HTTP keeps its port: without one, clients would try TLS.
    if (scheme == Scheme::https && port == 443) return host;
    return host + ":" + std::to_string(port);
}

Addresses::Addresses(model::Registry own, std::string own_host, std::string domain, Scheme scheme)
    : own_(std::move(own)), own_host_(std::move(own_host)), domain_(std::move(domain)), scheme_(scheme) {}

std::string Addresses::registry_host(const model::Registry& registry) const {
    return registry == own_ ? own_host_ : ecr_host(registry, domain_);
}

std::string Addresses::repository_uri(const model::Registry& registry, std::string_view name) const {
    auto uri = registry_host(registry);
    uri += '/';
    uri += name;
    return uri;
}

std::string Addresses::proxy_endpoint(const model::Registry& registry) const {
    return (scheme_ == Scheme::https ? "https://" : "http://") + registry_host(registry);
}

model::Registry Endpoints::registry_for(std::string_view host) const {
    return registry_of_host(host).value_or(config_.own);
}

model::Region Endpoints::region_for(std::string_view host) const {
    return region_of_host(host).value_or(config_.own.region);
}

Addresses Endpoints::seen_from(std::string_view host) const {
    std::string own_host =
        config_.public_host.value_or(is_plain_host(host) ? std::string(host) : config_.fallback_host);
    auto domain = domain_of(own_host);
    if (domain && !config_.public_host) own_host = ecr_host(config_.own, *domain);
    if (config_.domain) domain = config_.domain;
    return {config_.own, own_host, domain.value_or(own_host), config_.scheme};
}

}  // namespace berth::api
