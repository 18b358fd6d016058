// The use cases over a synced SQLite and real files, without HTTP, in a folder that goes with it. BERTH_BENCH_DIR
// chooses the disk.
#pragma once

#include "registry/repositories.hpp"
#include "registry/services.hpp"
#include "store/fs/fs_blob_store.hpp"
#include "store/sqlite/sqlite_metadata.hpp"
#include "testing/folder.hpp"
#include "testing/run.hpp"

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string_view>

namespace berth::bench {

// A benchmark whose calls fail measures nothing.
template <class T>
T insist(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().message);
    if constexpr (!std::is_void_v<T>) return std::move(*result);
}

inline std::filesystem::path chosen_disk() {
    const char* chosen = std::getenv("BERTH_BENCH_DIR");
    return chosen != nullptr ? std::filesystem::path(chosen) : std::filesystem::temp_directory_path();
}

class Anybody final : public iam::Authorizer {
public:
    [[nodiscard]] Task<Result<void>> require(const iam::Principal&, iam::Action, const iam::Resource&) const override {
        co_return Result<void>{};
    }
};

struct DiskRegistry {
    DiskRegistry() = default;
    DiskRegistry(const DiskRegistry&) = delete;
    DiskRegistry& operator=(const DiskRegistry&) = delete;
    ~DiskRegistry() { pool.join(); }

    [[nodiscard]] registry::RepositoryRef named(std::string_view name) const {
        return {.registry = own, .name = model::RepositoryName::parse(name).value()};
    }
    model::RepositoryId create(std::string_view name) {
        registry::Repositories repositories(services);
        const auto made = testing::wait_for(repositories.create(
            caller, own,
            {.name = named(name).name, .tag_mutability = {}, .scan_on_push = false, .encryption = {}, .tags = {}}));
        return insist(made).id;
    }

    const testing::Folder folder{chosen_disk()};
    const model::Registry own{.account = model::AccountId::parse("000000000000").value(),
                              .region = model::Region::parse("us-east-1").value()};
    const registry::Call caller{.principal = {.arn = "arn:aws:iam::000000000000:root",
                                              .account = own.account,
                                              .user_id = "root",
                                              .access_key_id = "AKIAEXAMPLE"},
                                .request_id = "bench"};
    registry::Settings settings;
    SystemClock clock;
    SystemRandom random;
    Anybody authorizer;
    std::unique_ptr<store::sqlite::SqliteMetadata> metadata =
        store::sqlite::SqliteMetadata::open({.path = folder.path() / "metadata.db"}).value();
    BlockingPool pool{4};
    store::fs::FsBlobStore blobs{folder.path() / "blobs", pool, store::fs::DirectIo::where_possible};
    registry::Services services{.clock = clock,
                                .random = random,
                                .metadata = *metadata,
                                .blobs = blobs,
                                .authorizer = authorizer,
                                .settings = settings};
};

}  // namespace berth::bench
