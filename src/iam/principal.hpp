// Who is calling, after the credentials were checked.
#pragma once

#include "model/arn.hpp"
#include "model/names.hpp"

#include <string>

namespace berth::iam {

struct Principal {
    std::string arn;  // arn:aws:iam::000000000000:root
    model::AccountId account;
    std::string user_id;        // as STS GetCallerIdentity shows it
    std::string access_key_id;  // the key the call, or the token, was signed with
};

// As whom the server acts of itself in a registry: nobody's key.
[[nodiscard]] inline Principal account_root(const model::Registry& registry) {
    return {.arn = model::root_arn(registry),
            .account = registry.account,
            .user_id = registry.account.text(),
            .access_key_id = {}};
}

}  // namespace berth::iam
