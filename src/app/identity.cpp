#include "app/identity.hpp"

#include "app/data_folder.hpp"
#include "app/usage_error.hpp"
#include "async/run_blocking.hpp"
#include "base/log.hpp"
#include "store/transaction.hpp"

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>

namespace berth::app {

namespace {

std::optional<registry::AccessKeyPair> key_of_environment() {
    const char* id = std::getenv("BERTH_ROOT_ACCESS_KEY_ID");          // NOLINT(concurrency-mt-unsafe): one thread
    const char* secret = std::getenv("BERTH_ROOT_SECRET_ACCESS_KEY");  // NOLINT(concurrency-mt-unsafe): one thread
    if ((id == nullptr) != (secret == nullptr)) {
        throw UsageError("set both BERTH_ROOT_ACCESS_KEY_ID and BERTH_ROOT_SECRET_ACCESS_KEY, or neither");
    }
    if (id == nullptr) return std::nullopt;
    return registry::AccessKeyPair{.id = id, .secret = Secret(secret)};
}

}  // namespace

model::Registry own_registry(const Config& config) {
    const auto account = model::AccountId::parse(config.account);
    if (!account) throw UsageError("the account '" + config.account + "' is not twelve digits; give one as --account");
    const auto region = model::Region::parse(config.region);
    if (!region) {
        throw UsageError("the region '" + config.region +
                         "' is not a region name, such as us-east-1; give one as --region");
    }
    return {.account = *account, .region = *region};
}

void note_own_registry(const model::Registry& own, store::Metadata& metadata) {
    const auto serving = own.account.text() + "/" + own.region.text();
    const auto kept = run_blocking(metadata.write([&](store::Transaction& tx) -> Result<std::string> {
        return tx.credentials().put_setting_if_absent("own_registry", serving);
    }));
    if (!kept) throw UsageError("the metadata cannot be written: " + kept.error().message);
    if (*kept == serving) return;
    log::warning(
        "this data folder was made for another registry: its repositories and its root access key are that one's",
        {{"made_for", *kept}, {"serving", serving}, {"see", "--account, --region"}});
}

void ensure_root_key(const Config& config, const model::Registry& registry, registry::Credentials& credentials) {
    const std::filesystem::path data(config.data);
    auto given = key_of_environment();
    const bool is_given = given.has_value();
    const auto file = data / "credentials";
    if (!is_given && std::filesystem::exists(file)) return;
    // First the file, then the key: stopped between the two, the next start makes a new pair.
    if (is_given && std::filesystem::remove(file)) {
        log::info("the root access key comes from the environment now", {{"removed", file.string()}});
    }
    auto key = run_blocking(credentials.create_root_key(registry, std::move(given)));
    if (!key) throw UsageError("the root access key cannot be made: " + key.error().message);
    if (is_given) return;
    write_credentials(data, key->id, key->secret.reveal(), registry.region.text());
    log::info("made the root access key", {{"file", file.string()}});
}

}  // namespace berth::app
