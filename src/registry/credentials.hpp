// Access keys and the server's token key: sealed in the metadata, opened here.
#pragma once

#include "async/task.hpp"
#include "auth/mac.hpp"
#include "auth/seal.hpp"
#include "base/clock.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "iam/principal.hpp"
#include "model/names.hpp"
#include "store/metadata.hpp"

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

namespace berth::registry {

// An access key with its secret, as a person is given it.
struct AccessKeyPair {
    std::string id;
    Secret secret;
};

struct Credential {
    iam::Principal principal;
    Secret secret;
};

// Thread-safe. What it is given outlives it.
class Credentials {
public:
    // How long another node may go on with a key this one has replaced.
    static constexpr std::chrono::seconds memory{60};

    Credentials(store::Metadata& metadata, const Clock& clock, Random& random, auth::SealingKey sealing);

    // Makes the access key of the account's root: the given pair, or a random one (AKIA and 16 characters; 40
    // characters of secret). Whatever key the root had before opens nothing any more (other nodes may remember it for
    // `memory`). Faults: invalid_parameter for a given pair that cannot be one.
    Task<Result<AccessKeyPair>> create_root_key(model::Registry registry, std::optional<AccessKeyPair> given);

    // Null when there is no such key. Fault: internal, when its secret was sealed with another master key.
    Task<Result<std::shared_ptr<const Credential>>> find(std::string access_key_id);

    // The key that signs tokens, links and pages; made by whichever node asks first.
    Task<Result<auth::StatementKey>> token_key();

private:
    struct Remembered {
        std::shared_ptr<const Credential> credential;
        Timestamp until;
    };

    store::Metadata& metadata_;
    const Clock& clock_;
    Random& random_;
    auth::SealingKey sealing_;
    std::mutex mutex_;
    std::unordered_map<std::string, Remembered> remembered_;
};

}  // namespace berth::registry
