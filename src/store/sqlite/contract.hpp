// The floor the contract tests stand on: they know store::Metadata only, so every engine can run them. An engine
// links one definition of open_fresh_store().
#pragma once

#include "store/metadata.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace berth::store::contract {

[[nodiscard]] std::unique_ptr<Metadata> open_fresh_store();

// Runs one task to its end on an event loop of its own.
template <class T>
T wait_for(Task<T> task) {
    boost::asio::io_context loop;
    std::optional<T> result;
    std::exception_ptr thrown;
    boost::asio::co_spawn(loop, std::move(task), [&](std::exception_ptr error, T value) {
        thrown = error;
        if (!error) result.emplace(std::move(value));
    });
    loop.run();
    if (thrown) std::rethrow_exception(thrown);
    return std::move(*result);
}

inline Timestamp at(std::int64_t milliseconds) {
    return Timestamp{std::chrono::milliseconds{milliseconds}};
}
inline model::Digest digest(std::string_view content) {
    return model::Digest::of(content);
}
inline model::Tag tag(std::string_view text) {
    return model::known_valid<model::Tag>(text);
}
inline model::RepositoryName name(std::string_view text) {
    return model::known_valid<model::RepositoryName>(text);
}
inline model::Registry registry(std::string_view account = "000000000000") {
    return {.account = model::known_valid<model::AccountId>(account),
            .region = model::known_valid<model::Region>("us-east-1")};
}

inline model::Repository repository(std::int64_t id, std::string_view text) {
    return {.id = model::RepositoryId{id},
            .registry = registry(),
            .name = name(text),
            .created_at = at(1000 + id),
            .tag_mutability = {},
            .scan_on_push = false,
            .encryption = {}};
}

// An image whose digest is that of its manifest; `manifest` must outlive the value.
inline NewImage image(std::int64_t id, std::int64_t repository_id, std::string_view manifest) {
    NewImage added;
    added.image.id = model::ImageRowId{id};
    added.image.repository = model::RepositoryId{repository_id};
    added.image.digest = digest(manifest);
    added.image.media_type = "application/vnd.oci.image.manifest.v1+json";
    added.image.manifest_size = manifest.size();
    added.image.pushed_at = at(5000 + id);
    added.manifest = manifest;
    return added;
}

class Contract : public ::testing::Test {
protected:
    // Give the value a use case would get; a Fault fails the test by throwing.
    template <class F>
    auto read(F work) {
        return wait_for(store_->read(std::move(work))).value();
    }
    template <class F>
    auto write(F work) {
        return wait_for(store_->write(std::move(work))).value();
    }
    // For changes with nothing to return.
    template <class F>
    void change(F work) {
        write([&](Transaction& tx) -> Result<int> {
            work(tx);
            return 0;
        });
    }
    // For a look at one thing.
    template <class F>
    auto look(F work) {
        using T = std::invoke_result_t<F&, Transaction&>;
        return read([&](Transaction& tx) -> Result<T> { return work(tx); });
    }

    std::unique_ptr<Metadata> store_ = open_fresh_store();
};

}  // namespace berth::store::contract
