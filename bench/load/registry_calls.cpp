#include "registry_calls.hpp"

namespace bench {
namespace {

std::string uploads(const std::string& repository) {
    return "/v2/" + repository + "/blobs/uploads/";
}

// A Location may be absolute; the connection is already where it points to.
std::string path_of(const std::string& location) {
    if (location.empty()) throw CallFailed("an upload without a Location");
    const std::size_t scheme = location.find("://");
    if (location.starts_with('/') || scheme == std::string::npos) return location;
    const std::size_t path = location.find('/', scheme + 3);
    if (path == std::string::npos) throw CallFailed("a Location without a path: " + location);
    return location.substr(path);
}

std::string completing(const std::string& upload, const std::string& digest) {
    return upload + (upload.find('?') == std::string::npos ? '?' : '&') + "digest=" + digest;
}

void push(Client& client, const std::string& repository, Body body, const std::string& digest, PushStyle style) {
    std::string upload = path_of(client.expect(202, {.method = "POST", .target = uploads(repository)}).location);
    if (style == PushStyle::streamed) {
        body.framing = Framing::chunked;
        upload = path_of(client.expect(202, {.method = "PATCH", .target = upload, .body = body}).location);
        client.expect(201, {.method = "PUT", .target = completing(upload, digest)});
        return;
    }
    body.framing = Framing::length;
    client.expect(201, {.method = "PUT", .target = completing(upload, digest), .body = body});
}

}  // namespace

void push_blob(Client& client, const std::string& repository, const Blob& blob, PushStyle style) {
    push(client, repository, {.start = blob.start, .end = blob.tail()}, blob.digest, style);
}

void push_document(Client& client, const std::string& repository, const Document& document, PushStyle style) {
    push(client, repository, {.start = document.text, .end = {}}, document.digest, style);
}

void put_manifest(Client& client, const std::string& repository, const Document& manifest,
                  const std::string& reference) {
    const Body body{.framing = Framing::length, .start = manifest.text, .end = {}, .type = manifest_type};
    client.expect(201, {.method = "PUT", .target = manifest_target(repository, reference), .body = body});
}

void mount_blob(Client& client, const std::string& repository, const std::string& source, const std::string& digest) {
    const std::string target = uploads(repository) + "?mount=" + digest + "&from=" + source;
    client.expect(201, {.method = "POST", .target = target});
}

std::string blob_target(const std::string& repository, const std::string& digest) {
    return "/v2/" + repository + "/blobs/" + digest;
}

std::string manifest_target(const std::string& repository, const std::string& reference) {
    return "/v2/" + repository + "/manifests/" + reference;
}

void get_exactly(Client& client, std::string_view target, std::uint64_t bytes, std::string_view accept) {
    const Response response = client.expect(200, {.method = "GET", .target = target, .accept = accept});
    if (response.body_bytes != bytes)
        throw CallFailed("GET " + std::string(target) + ": " + std::to_string(response.body_bytes) +
                         " bytes instead of " + std::to_string(bytes));
}

}  // namespace bench
