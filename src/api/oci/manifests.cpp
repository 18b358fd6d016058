// Manifests: GET and HEAD (the calls clients make most), PUT, DELETE.
#include "api/oci/answers.hpp"
#include "api/oci/handlers.hpp"
#include "model/media_types.hpp"
#include "oci/accept.hpp"
#include "oci/convert.hpp"
#include "registry/read_cache.hpp"

#include <algorithm>
#include <vector>

namespace berth::api::oci {

namespace {

constexpr std::size_t max_tag_parameters = 100;

std::vector<std::string_view> accept_headers(const http::Request& request) {
    std::vector<std::string_view> values;
    for (const auto& [name, value] : request.headers) {
        constexpr std::string_view accept = "accept";
        if (name.size() != accept.size()) continue;
        bool same = true;
        for (std::size_t i = 0; i < name.size(); ++i) same = same && (name[i] | 0x20) == accept[i];
        if (same) values.push_back(value);
    }
    return values;
}

http::Response manifest_answer(const Exchange& exchange, const model::Digest& digest, const std::string& media_type,
                               http::SharedBody bytes) {
    http::Response response;
    response.headers.reserve(8);
    response.set(header::content_digest, digest.text()).set("ETag", etag_of(digest));
    const auto known = exchange.request.header("If-None-Match");
    if (known && etag_matches(*known, digest)) {
        response.status = 304;
        return response;
    }
    response.set("Content-Type", media_type);
    response.body = std::move(bytes);
    return response;
}

// A form the client takes, where the stored one is not and ECR's table of conversions has another.
std::optional<http::Response> converted_answer(const Exchange& exchange, const registry::StoredManifest& stored,
                                               const std::vector<std::string_view>& accepted) {
    for (const auto other : {model::media_type::oci_manifest, model::media_type::docker_manifest}) {
        if (!berth::oci::accepts(accepted, other)) continue;
        auto converted = berth::oci::convert_manifest(*stored.bytes, stored.media_type, other);
        if (!converted) continue;
        const auto digest = model::Digest::of(*converted);
        return manifest_answer(exchange, digest, std::string(other),
                               std::make_shared<const std::string>(std::move(*converted)));
    }
    return std::nullopt;
}

// Tags from the path and from ?tag=, in the order given.
Result<std::vector<model::Tag>> wanted_tags(const Exchange& exchange, const model::Reference& reference) {
    std::vector<model::Tag> tags;
    if (const auto* tag = std::get_if<model::Tag>(&reference)) tags.push_back(*tag);
    for (const auto text : exchange.query.find_all("tag")) {
        auto tag = model::Tag::parse(text);
        if (!tag) return fail(FaultKind::invalid_reference, "a tag parameter is not a tag");
        if (std::ranges::find(tags, *tag) == tags.end()) tags.push_back(std::move(*tag));
    }
    return tags;
}

struct ManifestBody {
    std::string bytes;
    BodyBudget::Share share;  // held as long as the push works on the bytes
};

Task<Result<ManifestBody>> read_manifest(UseCases& use, ByteSource& body) {
    const auto limit = use.settings.manifest_bytes;
    const auto announced = body.remaining();
    if (announced && *announced > limit) {
        co_return fail(FaultKind::too_large, "the manifest is larger than " + std::to_string(limit) + " bytes");
    }
    auto share = use.bodies.take(announced ? static_cast<std::size_t>(*announced) : limit);
    if (!share) co_return fail(FaultKind::too_many_requests, "too many manifests are being pushed at once");
    auto bytes = co_await read_all(body, limit);
    if (!bytes) co_return fail(std::move(bytes));
    co_return ManifestBody{.bytes = std::move(*bytes), .share = std::move(*share)};
}

http::Response put_answer(const Exchange& exchange, const registry::PutImageOutcome& outcome,
                          const std::vector<model::Tag>& tags) {
    const auto& digest = outcome.image.digest;
    auto response = answer_with(201);
    response.set("Location", manifest_location(exchange.repository.name, digest));
    response.set(header::content_digest, digest.text());
    if (outcome.subject) response.set("OCI-Subject", outcome.subject->text());
    // A registry that does not know ?tag= ignores it; by this header a client can tell.
    if (exchange.query.find("tag")) {
        for (const auto& tag : tags) response.set("OCI-Tag", tag.text());
    }
    return response;
}

}  // namespace

Task<http::Response> get_manifest(UseCases& use, Exchange& exchange) {
    auto reference = parse_reference(exchange.target.last);
    if (!reference) {
        // What cannot be a tag is not there; clients probe for more names than are legal.
        if (reference.error().kind == FaultKind::invalid_reference) {
            reference.error() = {.kind = FaultKind::image_not_found, .message = "Requested image not found"};
        }
        co_return refusal(reference.error());
    }
    using enum registry::Images::Pull;
    auto found = co_await use.images.get(exchange.call, exchange.repository, *reference, exchange.is_head() ? no : yes);
    if (!found) co_return refusal(found.error());
    const auto& stored = **found;
    // A client that does not take the stored form is told, as ECR does, that there is nothing; without a list, or with
    // */* in it, it takes everything. Only a tag leaves room for another form: a digest names exact bytes.
    const auto accepted = accept_headers(exchange.request);
    if (!berth::oci::accepts(accepted, stored.media_type)) {
        const bool by_tag = std::holds_alternative<model::Tag>(*reference);
        auto converted = by_tag ? converted_answer(exchange, stored, accepted) : std::nullopt;
        if (converted) co_return std::move(*converted);
        co_return refusal(Fault{.kind = FaultKind::image_not_found, .message = {}});
    }
    co_return manifest_answer(exchange, stored.digest, stored.media_type, stored.bytes);
}

Task<http::Response> put_manifest(UseCases& use, Exchange& exchange) {
    auto reference = parse_reference(exchange.target.last);
    if (!reference) co_return refusal(reference.error());
    if (exchange.query.find_all("tag").size() > max_tag_parameters) {
        co_return refusal(414, "UNSUPPORTED", "more tag parameters than one push may have");
    }
    auto tags = wanted_tags(exchange, *reference);
    if (!tags) co_return refusal(tags.error());
    auto read = co_await read_manifest(use, *exchange.request.body);
    if (!read) co_return refusal(read.error());

    registry::NewManifest manifest;
    manifest.bytes = std::move(read->bytes);
    if (const auto type = exchange.request.header("Content-Type")) manifest.media_type = std::string(*type);
    if (const auto* digest = std::get_if<model::Digest>(&*reference)) manifest.expected_digest = *digest;
    manifest.tags = *tags;
    manifest.same_push = registry::SamePush::succeeds_unless_immutable;
    auto outcome = co_await use.images.put(exchange.call, exchange.repository, std::move(manifest));
    if (!outcome) co_return refusal(outcome.error());
    co_return put_answer(exchange, *outcome, *tags);
}

Task<http::Response> delete_manifest(UseCases& use, Exchange& exchange) {
    auto reference = parse_reference(exchange.target.last);
    if (!reference) co_return refusal(reference.error());
    auto removed = co_await use.images.remove(exchange.call, exchange.repository, std::move(*reference));
    if (!removed) co_return refusal(removed.error());
    co_return answer_with(202);
}

}  // namespace berth::api::oci
