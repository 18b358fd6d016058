// A whole registry without its edges: the use cases over SQLite and a folder, with a clock that stands still.
#pragma once

#include "base/random.hpp"
#include "registry/blobs.hpp"
#include "registry/collector.hpp"
#include "registry/followers.hpp"
#include "registry/images.hpp"
#include "registry/lifecycle_policies.hpp"
#include "registry/lifecycle_previews.hpp"
#include "registry/lifecycle_runs.hpp"
#include "registry/recycle_bin.hpp"
#include "registry/repositories.hpp"
#include "registry/storage_classes.hpp"
#include "registry/uploads.hpp"
#include "store/fs/fs_blob_store.hpp"
#include "store/sqlite/sqlite_metadata.hpp"
#include "testing/bytes.hpp"
#include "testing/faulty_blob_store.hpp"
#include "testing/folder.hpp"
#include "testing/manual_clock.hpp"
#include "testing/run.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace berth::testing {

inline model::Registry own_registry() {
    return {.account = model::AccountId::parse("123456789012").value(),
            .region = model::Region::parse("us-east-1").value()};
}
inline model::RepositoryName name(std::string_view text) {
    return model::RepositoryName::parse(text).value();
}
inline registry::RepositoryRef repository(std::string_view text) {
    return {.registry = own_registry(), .name = name(text)};
}
inline model::Tag tag(std::string_view text) {
    return model::Tag::parse(text).value();
}
inline model::Digest digest(std::string_view bytes) {
    return model::Digest::of(bytes);
}
// Somebody of the own account.
inline registry::Call call_by(std::string_view user) {
    const auto account = own_registry().account;
    return {.principal = {.arn = "arn:aws:iam::" + account.text() + ":" + std::string(user),
                          .account = account,
                          .user_id = std::string(user),
                          .access_key_id = "AKIAEXAMPLE"},
            .request_id = "request"};
}

// Everything in the own account but for what a test denied. Thread-safe.
class PickyAuthorizer final : public iam::Authorizer {
public:
    void deny(iam::Action action, std::string_view repository_name) {
        const std::scoped_lock lock(mutex_);
        denied_.emplace(action.name, repository_name);
    }
    [[nodiscard]] Task<Result<void>> require(const iam::Principal& principal, iam::Action action,
                                             const iam::Resource& resource) const override {
        const std::string on = resource.repository ? resource.repository->text() : "*";
        bool denied = principal.account != resource.registry.account;
        {
            const std::scoped_lock lock(mutex_);
            denied = denied || denied_.contains({std::string(action.name), on});
        }
        if (denied) co_return std::unexpected(iam::access_denied(principal, action, resource));
        co_return Result<void>{};
    }

private:
    mutable std::mutex mutex_;
    std::set<std::pair<std::string, std::string>> denied_;
};

struct World {
    World() = default;
    World(const World&) = delete;
    World& operator=(const World&) = delete;
    ~World() {
        uploads.reset();
        pool.join();
    }

    // As after a restart of the process: the stores stay, what was in memory is gone.
    void restart() { uploads = std::make_unique<registry::Uploads>(services); }

    model::Repository create(std::string_view text, model::TagMutabilityRule rule = {}) {
        return wait_for(repositories.create(root, own_registry(),
                                            {.name = name(text),
                                             .tag_mutability = std::move(rule),
                                             .scan_on_push = false,
                                             .encryption = {},
                                             .tags = {}}))
            .value();
    }
    // A blob of the repository.
    model::Digest push(std::string_view text, const std::string& bytes) {
        Body body(bytes);
        return wait_for(uploads->push(root, repository(text), digest(bytes), body)).value().digest;
    }
    // The whole of a blob as a client gets it.
    Result<std::string> pull(std::string_view text, model::Digest wanted) {
        const auto from = repository(text);
        auto opened = wait_for(blobs.open(root, from, wanted));
        if (!opened) return fail(std::move(opened));
        if (opened->bytes) return *opened->bytes;
        std::string bytes(opened->reader->size() + 1, '\0');
        auto got = wait_for(opened->reader->read_at(0, std::as_writable_bytes(std::span(bytes))));
        if (!got) return fail(std::move(got));
        bytes.resize(*got);
        return bytes;
    }
    // Keys of all files there are.
    std::vector<std::string> files() { return wait_for(folder_store.list_keys("")).value(); }
    // What a look into the metadata gives.
    template <class F>
    auto look(F work) {
        using T = std::invoke_result_t<F&, store::Transaction&>;
        return wait_for(metadata->read([&](store::Transaction& tx) -> Result<T> { return work(tx); })).value();
    }
    std::size_t uploads_running(const model::Repository& of) {
        return look([&](store::Transaction& tx) { return tx.uploads().count(of.id); });
    }
    std::size_t discarded_keys() {
        return look([](store::Transaction& tx) { return tx.blobs().discarded_keys(1000).size(); });
    }

    registry::Settings settings;
    ManualClock clock;
    SystemRandom random;
    PickyAuthorizer authorizer;
    Folder folder;
    std::unique_ptr<store::sqlite::SqliteMetadata> metadata =
        store::sqlite::SqliteMetadata::open({.path = {}, .in_memory = true}).value();
    BlockingPool pool{4};
    store::fs::FsBlobStore folder_store{folder.path() / "blobs", pool, store::fs::DirectIo::where_possible};
    FaultyBlobStore blob_store{folder_store};
    registry::Services services{.clock = clock,
                                .random = random,
                                .metadata = *metadata,
                                .blobs = blob_store,
                                .authorizer = authorizer,
                                .settings = settings};
    registry::Repositories repositories{services};
    registry::Images images{services};
    registry::RecycleBin bin{services};
    registry::Blobs blobs{services};
    registry::LifecyclePolicies lifecycle_policies{services};
    registry::LifecyclePreviews lifecycle_previews{services};
    registry::LifecycleRuns lifecycle_runs{services};
    registry::StorageClasses storage_classes{services};
    registry::Followers followers{services};
    registry::Collector collector{services};
    std::unique_ptr<registry::Uploads> uploads = std::make_unique<registry::Uploads>(services);
    registry::Call root = call_by("root");
};

}  // namespace berth::testing
