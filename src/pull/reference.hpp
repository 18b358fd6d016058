// Names of images in registries, as people write them: HOST[:PORT]/REPOSITORY[:TAG][@DIGEST].
#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>

namespace berth::pull {

struct Reference {
    std::string host;        // with the port, as written; docker.io for names without one
    std::string repository;  // of docker.io: with library/ where nobody else is named
    std::string tag;         // empty where there is only a digest
    std::string digest;      // sha256:...; empty where there is only a tag

    // What to ask the registry for: the digest, which cannot move, before the tag.
    [[nodiscard]] const std::string& wanted() const { return digest.empty() ? tag : digest; }
    // HOST/REPOSITORY, without tag and digest.
    [[nodiscard]] std::string name() const { return host + '/' + repository; }

    friend bool operator==(const Reference&, const Reference&) = default;
};

// The first part is a host when it has a dot or a port, or is localhost; else the name is docker.io's. Without tag and
// digest it is "latest". "docker://" may stand before it. Fault: invalid_reference.
[[nodiscard]] Result<Reference> parse_reference(std::string_view text);

// localhost and the addresses of this machine: there, plain HTTP is no risk.
[[nodiscard]] bool is_this_machine(std::string_view host);

// http://HOST or https://HOST, with the host that docker.io's registry really has.
[[nodiscard]] std::string base_url(const Reference& reference, bool plain_http);

}  // namespace berth::pull
