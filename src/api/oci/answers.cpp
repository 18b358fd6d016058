#include "api/oci/answers.hpp"

#include "api/faults.hpp"
#include "api/oci/json_text.hpp"

namespace berth::api::oci {

namespace {

std::string location(const model::RepositoryName& repository, std::string_view middle, const std::string& last) {
    std::string path;
    path.reserve(4 + repository.text().size() + middle.size() + last.size());
    path += "/v2/";
    path += repository.text();
    path += middle;
    path += last;
    return path;
}

std::uint64_t length_of(const std::string& body) {
    return body.size();
}
std::uint64_t length_of(const http::SharedBody& body) {
    return body ? body->size() : 0;
}
std::uint64_t length_of(const http::FileBody& body) {
    return body.length;
}
std::uint64_t length_of(const http::StreamBody& body) {
    return body.length;
}

}  // namespace

http::Response answer_with(int status) {
    http::Response response;
    response.status = status;
    return response;
}

http::Response refusal(int status, std::string_view code, std::string_view message) {
    auto response = answer_with(status);
    response.set("Content-Type", "application/json; charset=utf-8");
    std::string body = R"({"errors":[{"code":)";
    append_json_string(body, code);
    body += R"(,"message":)";
    append_json_string(body, message);
    body += "}]}";
    response.body = std::move(body);
    return response;
}

http::Response refusal(const Fault& fault) {
    const auto& row = fault_row(fault.kind);
    // ECR's data plane has a shorter sentence for this one than its API.
    const bool no_image = fault.kind == FaultKind::image_not_found;
    auto response = refusal(row.oci_status, row.oci_code, no_image ? "Requested image not found" : fault.message);
    // Clients that know nothing better try again at once, all of them.
    if (row.oci_status == 429 || row.oci_status == 503) response.set("Retry-After", "1");
    // The body that was too large is not read to its end.
    if (fault.kind == FaultKind::too_large) response.close = true;
    return response;
}

http::Response challenge(std::string_view origin) {
    auto response = answer_with(401);
    std::string value = "Basic realm=\"";
    value += origin;
    value += "/\",service=\"ecr.amazonaws.com\"";
    response.set("WWW-Authenticate", std::move(value));
    response.set("Content-Type", "text/plain; charset=utf-8");
    response.body = std::string("Not Authorized\n");
    return response;
}

std::string blob_location(const model::RepositoryName& repository, const model::Digest& digest) {
    return location(repository, "/blobs/", digest.text());
}

std::string manifest_location(const model::RepositoryName& repository, const model::Digest& digest) {
    return location(repository, "/manifests/", digest.text());
}

std::string upload_location(const model::RepositoryName& repository, const model::UploadId& id) {
    return location(repository, "/blobs/uploads/", id.text());
}

std::string upload_range(std::uint64_t received) {
    return "0-" + std::to_string(received == 0 ? 0 : received - 1);
}

std::string etag_of(const model::Digest& digest) {
    std::string tag;
    tag.reserve(digest.text().size() + 2);
    tag += '"';
    tag += digest.text();
    tag += '"';
    return tag;
}

bool etag_matches(std::string_view if_none_match, const model::Digest& digest) {
    while (!if_none_match.empty()) {
        const auto comma = if_none_match.find(',');
        auto tag = if_none_match.substr(0, comma);
        if_none_match = comma == std::string_view::npos ? std::string_view{} : if_none_match.substr(comma + 1);
        while (!tag.empty() && (tag.front() == ' ' || tag.front() == '\t')) tag.remove_prefix(1);
        while (!tag.empty() && (tag.back() == ' ' || tag.back() == '\t')) tag.remove_suffix(1);
        if (tag == "*") return true;
        if (tag.starts_with("W/")) tag.remove_prefix(2);
        if (tag.size() >= 2 && tag.front() == '"' && tag.back() == '"' &&
            tag.substr(1, tag.size() - 2) == digest.text()) {
            return true;
        }
    }
    return false;
}

http::Response without_body(http::Response response) {
    if (!response.head_length) {
        response.head_length = std::visit([](const auto& body) { return length_of(body); }, response.body);
    }
    response.body = std::string();
    return response;
}

}  // namespace berth::api::oci
