#include "pull/reference.hpp"

#include "inventory/verified_source.hpp"

#include <algorithm>
#include <array>

namespace berth::pull {

namespace {

constexpr std::string_view docker_hub = "docker.io";
constexpr std::size_t longest = 1024;

bool is_lower_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}
bool is_word(char c) {
    return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z') || c == '_';
}

// Loosely: what is no repository will be refused by the registry, but nothing may leave the path of a URL.
bool is_repository(std::string_view text) {
    const auto fits = [](char c) { return is_lower_or_digit(c) || c == '.' || c == '_' || c == '-' || c == '/'; };
    return !text.empty() && std::ranges::all_of(text, fits) && is_lower_or_digit(text.front()) &&
           is_lower_or_digit(text.back()) && !text.contains("//") && !text.contains("..") && !text.contains("/.");
}

bool is_tag(std::string_view text) {
    constexpr std::size_t longest_tag = 128;
    return !text.empty() && text.size() <= longest_tag && is_word(text.front()) &&
           std::ranges::all_of(text, [](char c) { return is_word(c) || c == '.' || c == '-'; });
}

bool is_host(std::string_view text) {
    const auto fits = [](char c) { return is_word(c) || c == '.' || c == '-' || c == ':' || c == '[' || c == ']'; };
    return !text.empty() && std::ranges::all_of(text, fits);
}

std::unexpected<Fault> refuse(std::string_view text) {
    return fail(FaultKind::invalid_reference,
                "'" + std::string(text) + "' is no image reference; write HOST/REPOSITORY[:TAG][@sha256:...]");
}

}  // namespace

Result<Reference> parse_reference(std::string_view text) {
    const auto whole = text;
    if (text.size() > longest) return refuse(text.substr(0, longest));
    constexpr std::string_view scheme = "docker://";
    if (text.starts_with(scheme)) text.remove_prefix(scheme.size());
    Reference reference;
    if (const auto at = text.find('@'); at != std::string_view::npos) {
        reference.digest = text.substr(at + 1);
        if (!inventory::check_digest_form(reference.digest)) return refuse(whole);
        text = text.substr(0, at);
    }
    // A colon after the last slash is a tag's, one before it a port's.
    const auto slash = text.rfind('/');
    if (const auto colon = text.rfind(':');
        colon != std::string_view::npos && (slash == std::string_view::npos || colon > slash)) {
        reference.tag = text.substr(colon + 1);
        if (!is_tag(reference.tag)) return refuse(whole);
        text = text.substr(0, colon);
    }
    const auto first = text.substr(0, text.find('/'));
    const bool has_host =
        first.size() < text.size() && (first.find_first_of(".:") != std::string_view::npos || first == "localhost");
    reference.host = has_host ? first : docker_hub;
    reference.repository = has_host ? text.substr(first.size() + 1) : text;
    if (reference.host == docker_hub && !reference.repository.contains('/')) {
        reference.repository.insert(0, "library/");
    }
    if (!is_host(reference.host) || !is_repository(reference.repository)) return refuse(whole);
    if (reference.tag.empty() && reference.digest.empty()) reference.tag = "latest";
    return reference;
}

bool is_this_machine(std::string_view host) {
    const auto name = host.starts_with('[') ? host.substr(0, host.find(']') + 1) : host.substr(0, host.find(':'));
    constexpr std::array<std::string_view, 3> names{"localhost", "127.0.0.1", "[::1]"};
    return std::ranges::find(names, name) != names.end() || name.ends_with(".localhost");
}

std::string base_url(const Reference& reference, bool plain_http) {
    const std::string host = reference.host == docker_hub ? "registry-1.docker.io" : reference.host;
    return (plain_http || is_this_machine(host) ? "http://" : "https://") + host;
}

}  // namespace berth::pull
