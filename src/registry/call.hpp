// Who calls a use case, and what it is called on.
#pragma once

#include "iam/principal.hpp"
#include "model/names.hpp"

#include <string>

namespace berth::registry {

// Lives in the front end's frame until the answer is made; use cases take it by reference.
struct Call {
    iam::Principal principal;
    std::string request_id;
};

struct RepositoryRef {
    model::Registry registry;
    model::RepositoryName name;
    friend bool operator==(const RepositoryRef&, const RepositoryRef&) = default;
};

}  // namespace berth::registry
