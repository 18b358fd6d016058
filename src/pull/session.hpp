// One repository of one registry, read by the OCI Distribution API.
// https://github.com/opencontainers/distribution-spec/blob/main/spec.md, and for tokens
// https://distribution.github.io/distribution/spec/auth/token/
#pragma once

#include "client/http.hpp"
#include "pull/challenge.hpp"
#include "pull/login.hpp"
#include "pull/reference.hpp"

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace berth::pull {

struct Access {
    std::optional<Login> login;  // none: anonymous
    bool plain_http = false;     // for hosts that are not this machine
    std::string ca_file;         // PEM; empty: the system's authorities
};

// Thread-safe; every thread brings a client of its own. Faults: access_denied and unauthenticated (with what to do),
// image_not_found, too_many_requests, unavailable and the client's.
class Session {
public:
    using Take = std::function<Result<void>(std::string_view bytes)>;

    Session(const Reference& reference, Access access);
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    [[nodiscard]] client::HttpOptions http_options() const;
    // A manifest or an index, of at most `most_bytes`; `reference`: a tag or a digest.
    [[nodiscard]] Result<std::string> manifest(client::HttpClient& http, const std::string& reference,
                                               std::uint64_t most_bytes);
    // The pieces of a blob, in order.
    [[nodiscard]] Result<void> blob(client::HttpClient& http, const std::string& digest, const Take& take);

private:
    [[nodiscard]] Result<void> get(client::HttpClient& http, const std::string& path, client::Headers headers,
                                   const Take& take);
    [[nodiscard]] Result<void> authorise(client::HttpClient& http, const client::HttpAnswer& refusal);
    [[nodiscard]] Result<Secret> fetch_token(client::HttpClient& http, const Challenge& challenge) const;
    [[nodiscard]] std::unexpected<Fault> refused(int status, const std::string& path) const;
    [[nodiscard]] Secret authorisation() const;

    std::string host_;
    std::string base_;
    std::string repository_;
    Access access_;
    mutable std::mutex mutex_;
    Secret authorisation_;  // the header's value, once the registry asked for it
};

}  // namespace berth::pull
