#include "api/oci/routes.hpp"

#include <utility>

namespace berth::api::oci {

namespace {

constexpr std::string_view prefix = "/v2";

// The fixed words before the last segment of a path, the longer first where one ends in the other.
constexpr std::array<std::pair<std::string_view, Pattern>, 4> words{{
    {"/blobs/uploads", Pattern::upload},
    {"/manifests", Pattern::manifest},
    {"/blobs", Pattern::blob},
    {"/referrers", Pattern::referrers},
}};

std::string_view method_name(http::Method method) {
    switch (method) {
        case http::Method::get:
            return "GET, HEAD";
        case http::Method::post:
            return "POST";
        case http::Method::put:
            return "PUT";
        case http::Method::patch:
            return "PATCH";
        case http::Method::del:
            return "DELETE";
        default:
            return "";
    }
}

std::optional<Target> match_in_repository(std::string_view rest) {
    for (const std::string_view end : {"/blobs/uploads/", "/blobs/uploads"}) {
        if (rest.ends_with(end)) {
            return Target{.pattern = Pattern::uploads, .repository = rest.substr(0, rest.size() - end.size())};
        }
    }
    if (constexpr std::string_view end = "/tags/list"; rest.ends_with(end)) {
        return Target{.pattern = Pattern::tag_list, .repository = rest.substr(0, rest.size() - end.size())};
    }
    const auto slash = rest.rfind('/');
    if (slash == std::string_view::npos) return std::nullopt;
    const auto before = rest.substr(0, slash);
    const auto last = rest.substr(slash + 1);
    for (const auto& [word, pattern] : words) {
        if (!before.ends_with(word) || last.empty()) continue;
        return Target{.pattern = pattern, .repository = before.substr(0, before.size() - word.size()), .last = last};
    }
    return std::nullopt;
}

}  // namespace

std::optional<Target> match_path(std::string_view path) {
    if (!path.starts_with(prefix)) return std::nullopt;
    path.remove_prefix(prefix.size());
    if (path.empty() || path == "/") return Target{.pattern = Pattern::base};
    if (path == "/_catalog") return Target{.pattern = Pattern::catalog};
    if (path.front() != '/') return std::nullopt;
    return match_in_repository(path.substr(1));
}

std::optional<Action> find_action(http::Method method, Pattern pattern) {
    if (method == http::Method::head) method = http::Method::get;
    for (const auto& route : routes) {
        if (route.method == method && route.pattern == pattern) return route.action;
    }
    return std::nullopt;
}

std::string allowed_methods(Pattern pattern) {
    std::string allowed;
    for (const auto& route : routes) {
        if (route.pattern != pattern) continue;
        if (!allowed.empty()) allowed += ", ";
        allowed += method_name(route.method);
    }
    return allowed;
}

Result<model::Digest> parse_digest(std::string_view text) {
    auto digest = model::Digest::parse(text);
    if (!digest) return fail(FaultKind::invalid_digest, "not a sha256 or sha512 digest in lower-case hexadecimal");
    return std::move(*digest);
}

Result<model::Reference> parse_reference(std::string_view text) {
    if (text.find(':') != std::string_view::npos) {
        auto digest = parse_digest(text);
        if (!digest) return fail(std::move(digest));
        return model::Reference(std::move(*digest));
    }
    auto tag = model::Tag::parse(text);
    if (!tag) return fail(FaultKind::invalid_reference, "a tag is [a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}");
    return model::Reference(std::move(*tag));
}

}  // namespace berth::api::oci
