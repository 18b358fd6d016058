#include "registry/credentials.hpp"

#include "model/arn.hpp"
#include "store/transaction.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace berth::registry {

namespace {

constexpr std::string_view secret_purpose = "secret access key";
constexpr std::string_view token_key_name = "token_key";
constexpr std::size_t most_remembered = 10'000;
constexpr std::size_t longest_key_id = 128;  // as IAM has it

// `count` characters of an alphabet of 32 or 64, each as likely as the other.
std::string random_text(Random& random, std::string_view alphabet, std::size_t count) {
    std::string bytes(count, '\0');
    random.fill(std::as_writable_bytes(std::span(bytes)));
    for (auto& c : bytes) c = alphabet[static_cast<unsigned char>(c) % alphabet.size()];
    return bytes;
}

AccessKeyPair random_pair(Random& random) {
    static constexpr std::string_view id_letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    static constexpr std::string_view secret_letters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    static_assert(id_letters.size() == 32 && secret_letters.size() == 64);
    return {.id = "AKIA" + random_text(random, id_letters, 16),
            .secret = Secret(random_text(random, secret_letters, 40))};
}

Result<void> check(const AccessKeyPair& pair) {
    const auto is_id = [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    };
    if (pair.id.size() < 16 || pair.id.size() > longest_key_id || !std::ranges::all_of(pair.id, is_id)) {
        return fail(FaultKind::invalid_parameter,
                    "an access key id has 16 to 128 characters: letters, digits and underscores");
    }
    const auto secret = pair.secret.reveal();
    if (secret.size() < 16 || !std::ranges::all_of(secret, [](char c) { return c > 0x20 && c < 0x7F; })) {
        return fail(FaultKind::invalid_parameter, "a secret access key has at least 16 printable characters");
    }
    return {};
}

std::string purpose_for(std::string_view key_id) {
    return std::string(secret_purpose) + " of " + std::string(key_id);
}

}  // namespace

Credentials::Credentials(store::Metadata& metadata, const Clock& clock, Random& random, auth::SealingKey sealing)
    : metadata_(metadata), clock_(clock), random_(random), sealing_(std::move(sealing)) {}

Task<Result<AccessKeyPair>> Credentials::create_root_key(model::Registry registry, std::optional<AccessKeyPair> given) {
    AccessKeyPair pair = given ? std::move(*given) : random_pair(random_);
    auto fits = check(pair);
    if (!fits) co_return fail(std::move(fits));
    const store::AccessKey key{.id = pair.id,
                               .principal_arn = model::root_arn(registry),
                               .account = registry.account,
                               .user_id = registry.account.text(),
                               .sealed_secret = sealing_.seal(pair.secret, purpose_for(pair.id)),
                               .created_at = clock_.now()};
    auto stored = co_await metadata_.write([&](store::Transaction& tx) -> Result<bool> {
        tx.credentials().put(key);
        tx.credentials().erase_others(key.principal_arn, key.id);
        return true;
    });
    if (!stored) co_return fail(std::move(stored));
    {
        const std::lock_guard lock(mutex_);
        remembered_.clear();
    }
    co_return pair;
}

Task<Result<std::shared_ptr<const Credential>>> Credentials::find(std::string access_key_id) {
    using Found = std::shared_ptr<const Credential>;
    if (access_key_id.size() > longest_key_id) co_return Found();
    const auto now = clock_.now();
    {
        const std::lock_guard lock(mutex_);
        const auto known = remembered_.find(access_key_id);
        if (known != remembered_.end() && now < known->second.until) co_return known->second.credential;
    }
    auto key = co_await metadata_.read([&](store::Transaction& tx) -> Result<std::optional<store::AccessKey>> {
        return tx.credentials().find(access_key_id);
    });
    if (!key) co_return fail(std::move(key));
    // What is not there is not remembered: it would be the stranger's choice what fills the memory.
    auto& row = *key;
    if (!row) co_return Found();
    auto secret = sealing_.open(row->sealed_secret, purpose_for(row->id));
    if (!secret) co_return fail(std::move(secret));
    auto credential = std::make_shared<const Credential>(Credential{.principal = {.arn = std::move(row->principal_arn),
                                                                                  .account = std::move(row->account),
                                                                                  .user_id = std::move(row->user_id),
                                                                                  .access_key_id = std::move(row->id)},
                                                                    .secret = std::move(*secret)});
    const std::lock_guard lock(mutex_);
    if (remembered_.size() >= most_remembered) remembered_.clear();
    remembered_.insert_or_assign(std::move(access_key_id), Remembered{.credential = credential, .until = now + memory});
    co_return credential;
}

Task<Result<auth::StatementKey>> Credentials::token_key() {
    std::string bytes(auth::StatementKey::size, '\0');
    random_.fill(std::as_writable_bytes(std::span(bytes)));
    const auto proposal = sealing_.seal(Secret(std::move(bytes)), token_key_name);
    auto sealed = co_await metadata_.write([&](store::Transaction& tx) -> Result<std::string> {
        return tx.credentials().put_setting_if_absent(token_key_name, proposal);
    });
    if (!sealed) co_return fail(std::move(sealed));
    auto key = sealing_.open(*sealed, token_key_name);
    if (!key) co_return fail(std::move(key));
    co_return auth::StatementKey(std::move(*key));
}

}  // namespace berth::registry
