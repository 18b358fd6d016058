// Who is calling, after the credentials were checked.
#pragma once

#include "model/names.hpp"

#include <string>

namespace berth::iam {

struct Principal {
    std::string arn;  // arn:aws:iam::000000000000:root
    model::AccountId account;
    std::string user_id;        // as STS GetCallerIdentity shows it
    std::string access_key_id;  // the key the call, or the token, was signed with
};

}  // namespace berth::iam
