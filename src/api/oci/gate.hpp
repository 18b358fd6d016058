// Who calls: HTTP Basic with an authorization token, or a download link for one blob. Nobody else comes in.
#pragma once

#include "api/endpoints.hpp"
#include "api/oci/query.hpp"
#include "api/oci/routes.hpp"
#include "auth/basic_authenticator.hpp"
#include "auth/mac.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "http/message.hpp"
#include "iam/principal.hpp"
#include "model/names.hpp"

namespace berth::api::oci {

// Thread-safe; all it was given outlives it.
class Gate {
public:
    Gate(const Endpoints& endpoints, auth::BasicAuthenticator& authenticator, const auth::StatementKey& link_key,
         const Clock& clock)
        : endpoints_(endpoints), authenticator_(authenticator), link_key_(link_key), clock_(clock) {}

    struct Admitted {
        iam::Principal principal;
        model::Registry registry;  // the one the request is for
    };

    // `target` is null for paths that are no route. Faults: unauthenticated, token_expired, and access_denied when the
    // token is for another region than the registry.
    [[nodiscard]] Result<Admitted> admit(const http::Request& request, const Target* target, const Query& query) const;

    // Where a caller without credentials is told to log in: https://HOST of the registry the request is for.
    [[nodiscard]] std::string origin(const http::Request& request) const;

private:
    [[nodiscard]] model::Registry registry_of(const http::Request& request) const;
    [[nodiscard]] Result<Admitted> admit_token(const http::Request& request, std::string_view authorization) const;
    [[nodiscard]] Result<Admitted> admit_link(const Target& target, std::string_view ticket) const;

    const Endpoints& endpoints_;
    auth::BasicAuthenticator& authenticator_;
    const auth::StatementKey& link_key_;
    const Clock& clock_;
};

}  // namespace berth::api::oci
