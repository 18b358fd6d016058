// Blobs: GET with ranges and conditions, HEAD, DELETE.
#include "api/oci/answers.hpp"
#include "api/oci/blob_stream.hpp"
#include "api/oci/handlers.hpp"
#include "model/media_types.hpp"
#include "oci/range.hpp"

namespace berth::api::oci {

namespace {

namespace oci = berth::oci;

// What every answer about a blob says. Its bytes never change, so a cache of the caller's own may keep them.
http::Response blob_headers(const model::Digest& digest) {
    http::Response response;
    response.headers.reserve(9);
    response.set(header::content_digest, digest.text())
        .set("ETag", etag_of(digest))
        .set("Accept-Ranges", "bytes")
        .set("Cache-Control", "private, max-age=31536000, immutable");
    return response;
}

// Range counts unless If-Range names another entity (RFC 9110, 13.1.5).
oci::RangeAnswer wanted_range(const http::Request& request, const model::Blob& blob) {
    const auto range = request.header("Range");
    if (!range) return oci::WholeContent{};
    const auto condition = request.header("If-Range");
    if (condition && *condition != etag_of(blob.digest)) return oci::WholeContent{};
    return oci::answer_range(*range, blob.size);
}

void attach(http::Response& response, registry::OpenBlob open, std::uint64_t offset, std::uint64_t length) {
    if (open.bytes) {
        const bool whole = offset == 0 && length == open.bytes->size();
        if (whole) response.body = std::move(open.bytes);
        if (!whole) response.body = open.bytes->substr(offset, length);
        return;
    }
    if (const auto file = open.reader->native_file()) {
        response.body =
            http::FileBody{.owner = std::move(open.reader), .descriptor = *file, .offset = offset, .length = length};
        return;
    }
    response.body = http::StreamBody{.source = std::make_unique<BlobStream>(std::move(open.reader), offset, length),
                                     .length = length};
}

http::Response not_satisfiable(const model::Blob& blob) {
    auto response = refusal(416, "RANGE_INVALID", "the range lies outside the blob");
    response.set("Content-Range", "bytes */" + std::to_string(blob.size));
    return response;
}

http::Response content_answer(const http::Request& request, registry::OpenBlob open) {
    const auto size = open.blob.size;
    const auto range = wanted_range(request, open.blob);
    if (std::holds_alternative<oci::Unsatisfiable>(range)) return not_satisfiable(open.blob);
    auto response = blob_headers(open.blob.digest);
    response.set("Content-Type", std::string(model::media_type::octet_stream));
    const auto* part = std::get_if<oci::ByteRange>(&range);
    if (part == nullptr) {
        attach(response, std::move(open), 0, size);
        return response;
    }
    response.status = 206;
    response.set("Content-Range", "bytes " + std::to_string(part->first) + "-" + std::to_string(part->last) + "/" +
                                      std::to_string(size));
    attach(response, std::move(open), part->first, part->length());
    return response;
}

// HEAD, and GET by a client that may have the blob already: no byte of it is opened.
std::optional<http::Response> answer_without_content(const Exchange& exchange, const model::Blob& blob) {
    const auto known = exchange.request.header("If-None-Match");
    if (known && etag_matches(*known, blob.digest)) {
        auto response = blob_headers(blob.digest);
        response.status = 304;
        return response;
    }
    if (!exchange.is_head()) return std::nullopt;
    auto response = blob_headers(blob.digest);
    response.set("Content-Type", std::string(model::media_type::octet_stream));
    response.head_length = blob.size;
    return response;
}

}  // namespace

Task<http::Response> get_blob(UseCases& use, Exchange& exchange) {
    auto digest = parse_digest(exchange.target.last);
    if (!digest) co_return refusal(digest.error());
    if (exchange.is_head() || exchange.request.header("If-None-Match")) {
        auto blob = co_await use.blobs.stat(exchange.call, exchange.repository, *digest);
        if (!blob) co_return refusal(blob.error());
        auto answer = answer_without_content(exchange, *blob);
        if (answer) co_return std::move(*answer);
    }
    auto open = co_await use.blobs.open(exchange.call, exchange.repository, *digest);
    if (!open) co_return refusal(open.error());
    co_return content_answer(exchange.request, std::move(*open));
}

Task<http::Response> delete_blob(UseCases& use, Exchange& exchange) {
    auto digest = parse_digest(exchange.target.last);
    if (!digest) co_return refusal(digest.error());
    auto removed = co_await use.blobs.remove(exchange.call, exchange.repository, std::move(*digest));
    if (!removed) co_return refusal(removed.error());
    co_return answer_with(202);
}

}  // namespace berth::api::oci
