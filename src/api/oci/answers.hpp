// Answers the handlers have in common: errors in the Distribution API's form, locations, conditional requests. Pure.
#pragma once

#include "base/fault.hpp"
#include "http/message.hpp"
#include "model/digest.hpp"
#include "model/names.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace berth::api::oci {

namespace header {
inline constexpr std::string_view content_digest = "Docker-Content-Digest";
inline constexpr std::string_view upload_uuid = "Docker-Upload-UUID";
inline constexpr std::string_view api_version = "Docker-Distribution-Api-Version";
}  // namespace header

// No headers and no body yet.
[[nodiscard]] http::Response answer_with(int status);

// {"errors":[{"code":...,"message":...}]}
[[nodiscard]] http::Response refusal(int status, std::string_view code, std::string_view message);
// By the table of faults.
[[nodiscard]] http::Response refusal(const Fault& fault);
// 401 as Amazon ECR gives it: a challenge for Basic, and plain text. `origin` is https://HOST.
[[nodiscard]] http::Response challenge(std::string_view origin);

// Paths only, never a host: whatever stands between the client and this server keeps working.
[[nodiscard]] std::string blob_location(const model::RepositoryName& repository, const model::Digest& digest);
[[nodiscard]] std::string manifest_location(const model::RepositoryName& repository, const model::Digest& digest);
[[nodiscard]] std::string upload_location(const model::RepositoryName& repository, const model::UploadId& id);

// The Range of an upload: "0-<last byte>". An empty upload also says 0-0, which is what clients expect since docker's
// first registry, although it cannot be told from one byte.
[[nodiscard]] std::string upload_range(std::uint64_t received);

[[nodiscard]] std::string etag_of(const model::Digest& digest);
// If-None-Match (RFC 9110, 13.1.2): is one of its tags this digest, or is it "*"? Compared weakly.
[[nodiscard]] bool etag_matches(std::string_view if_none_match, const model::Digest& digest);

// The answer to HEAD from the answer to GET: the length without the body.
[[nodiscard]] http::Response without_body(http::Response response);

}  // namespace berth::api::oci
