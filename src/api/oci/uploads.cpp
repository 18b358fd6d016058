// Uploads: POST (start, mount, or all in one), GET, PATCH, PUT, DELETE.
#include "api/oci/answers.hpp"
#include "api/oci/handlers.hpp"
#include "oci/range.hpp"

namespace berth::api::oci {

namespace {

Result<registry::UploadRef> upload_of(const Exchange& exchange) {
    auto id = model::UploadId::parse(exchange.target.last);
    if (!id) return fail(FaultKind::upload_not_found, "blob upload unknown to registry");
    return registry::UploadRef{.repository = exchange.repository, .id = std::move(*id)};
}

http::Response upload_answer(int status, const registry::UploadRef& upload, std::uint64_t received) {
    auto response = answer_with(status);
    response.set("Location", upload_location(upload.repository.name, upload.id))
        .set("Range", upload_range(received))
        .set(header::upload_uuid, upload.id.text());
    return response;
}

http::Response blob_created(const Exchange& exchange, const model::Digest& digest) {
    auto response = answer_with(201);
    response.set("Location", blob_location(exchange.repository.name, digest))
        .set(header::content_digest, digest.text());
    return response;
}

// A chunk that does not fit: the client learns where the upload really stands and can go on from there.
http::Response upload_refusal(const registry::UploadRef& upload, const Fault& fault) {
    auto response = refusal(fault);
    if (fault.kind != FaultKind::invalid_range || !fault.received) return response;
    response.set("Location", upload_location(upload.repository.name, upload.id))
        .set("Range", upload_range(*fault.received))
        .set(header::upload_uuid, upload.id.text());
    return response;
}

Result<std::optional<registry::ChunkRange>> chunk_range(const http::Request& request) {
    const auto text = request.header("Content-Range");
    if (!text) return std::nullopt;
    const auto range = berth::oci::parse_content_range(*text);
    if (!range) return fail(FaultKind::invalid_range, "Content-Range is not <first>-<last>");
    return registry::ChunkRange{.first = range->first, .last = range->last};
}

// A range that cannot be read tells the client as much as one that does not fit: where the upload stands.
Task<http::Response> refuse_range(UseCases& use, Exchange& exchange, registry::UploadRef upload, Fault fault) {
    auto received = co_await use.uploads.received(exchange.call, upload);
    if (!received) co_return refusal(received.error());
    fault.received = *received;
    co_return upload_refusal(upload, fault);
}

// A body that does not announce its length shows only at its end that it is not as long as its range: the same refusal
// as of one that does.
Task<http::Response> refuse_chunk(UseCases& use, Exchange& exchange, const registry::UploadRef& upload, bool has_range,
                                  Fault fault) {
    if (has_range && fault.kind == FaultKind::size_mismatch) {
        const auto received = co_await use.uploads.received(exchange.call, upload);
        if (received) {
            fault.kind = FaultKind::invalid_range;
            fault.received = *received;
        }
    }
    co_return upload_refusal(upload, fault);
}

// The blob, when there is one to mount. Arguments that make no sense mean an ordinary upload, as the specification
// has it.
Task<Result<std::optional<model::Blob>>> try_mount(UseCases& use, Exchange& exchange) {
    const auto mount = exchange.query.find("mount");
    if (!mount) co_return std::nullopt;
    auto digest = model::Digest::parse(*mount);
    if (!digest) co_return std::nullopt;
    std::optional<model::RepositoryName> from;
    if (const auto text = exchange.query.find("from"); text && !text->empty()) {
        from = model::RepositoryName::parse(*text);
        if (!from) co_return std::nullopt;
    }
    co_return co_await use.uploads.mount(exchange.call, exchange.repository, std::move(*digest), std::move(from));
}

Task<http::Response> push_in_one(UseCases& use, Exchange& exchange, std::string_view digest_text) {
    auto digest = parse_digest(digest_text);
    if (!digest) co_return refusal(digest.error());
    auto blob =
        co_await use.uploads.push(exchange.call, exchange.repository, std::move(*digest), *exchange.request.body);
    if (!blob) co_return refusal(blob.error());
    co_return blob_created(exchange, blob->digest);
}

Task<http::Response> begin(UseCases& use, Exchange& exchange) {
    std::optional<model::DigestAlgorithm> algorithm;
    if (const auto text = exchange.query.find("digest-algorithm")) {
        algorithm = model::parse_digest_algorithm(*text);
        if (!algorithm) co_return refusal(400, "DIGEST_INVALID", "the digest algorithm is neither sha256 nor sha512");
    }
    auto id = co_await use.uploads.begin(exchange.call, exchange.repository, algorithm);
    if (!id) co_return refusal(id.error());
    co_return upload_answer(202, {.repository = exchange.repository, .id = std::move(*id)}, 0);
}

}  // namespace

Task<http::Response> start_upload(UseCases& use, Exchange& exchange) {
    auto mounted = co_await try_mount(use, exchange);
    if (!mounted) co_return refusal(mounted.error());
    if (const auto& blob = *mounted) co_return blob_created(exchange, blob->digest);
    // With a mount that found nothing, ?digest= may stand for the blob the client would send next, not for the body.
    const auto digest = exchange.query.find("mount") ? std::nullopt : exchange.query.find("digest");
    if (digest) co_return co_await push_in_one(use, exchange, *digest);
    co_return co_await begin(use, exchange);
}

Task<http::Response> show_upload(UseCases& use, Exchange& exchange) {
    auto upload = upload_of(exchange);
    if (!upload) co_return refusal(upload.error());
    auto received = co_await use.uploads.received(exchange.call, *upload);
    if (!received) co_return refusal(received.error());
    co_return upload_answer(204, *upload, *received);
}

Task<http::Response> append_to_upload(UseCases& use, Exchange& exchange) {
    auto upload = upload_of(exchange);
    if (!upload) co_return refusal(upload.error());
    auto range = chunk_range(exchange.request);
    if (!range) co_return co_await refuse_range(use, exchange, std::move(*upload), std::move(range.error()));
    auto received =
        co_await use.uploads.append(exchange.call, *upload, *range, *exchange.request.body, registry::ChunkKind::chunk);
    if (!received) {
        co_return co_await refuse_chunk(use, exchange, *upload, range->has_value(), std::move(received.error()));
    }
    // 202 as the specification says; ECR's own 201 is what clients make exceptions for.
    co_return upload_answer(202, *upload, *received);
}

Task<http::Response> complete_upload(UseCases& use, Exchange& exchange) {
    auto upload = upload_of(exchange);
    if (!upload) co_return refusal(upload.error());
    const auto digest_text = exchange.query.find("digest");
    if (!digest_text) co_return refusal(400, "DIGEST_INVALID", "the digest parameter is missing");
    auto digest = parse_digest(*digest_text);
    if (!digest) co_return refusal(digest.error());
    auto range = chunk_range(exchange.request);
    if (!range) co_return co_await refuse_range(use, exchange, std::move(*upload), std::move(range.error()));
    auto blob =
        co_await use.uploads.complete(exchange.call, *upload, std::move(*digest), *range, *exchange.request.body);
    if (!blob) {
        co_return co_await refuse_chunk(use, exchange, *upload, range->has_value(), std::move(blob.error()));
    }
    co_return blob_created(exchange, blob->digest);
}

Task<http::Response> cancel_upload(UseCases& use, Exchange& exchange) {
    auto upload = upload_of(exchange);
    if (!upload) co_return refusal(upload.error());
    auto cancelled = co_await use.uploads.cancel(exchange.call, std::move(*upload));
    if (!cancelled) co_return refusal(cancelled.error());
    co_return answer_with(204);
}

}  // namespace berth::api::oci
