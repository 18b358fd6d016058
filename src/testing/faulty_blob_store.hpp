// A blob store that fails when a test says so, and passes everything else on.
#pragma once

#include "store/blob_store.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace berth::testing {

enum class BlobCall : std::uint8_t { create, resume, open, remove, append, flush, commit, read };
inline constexpr std::array blob_calls = {BlobCall::create, BlobCall::resume, BlobCall::open,   BlobCall::remove,
                                          BlobCall::append, BlobCall::flush,  BlobCall::commit, BlobCall::read};

// Thread-safe; outlives what it hands out.
class FaultyBlobStore final : public store::BlobStore {
public:
    explicit FaultyBlobStore(store::BlobStore& inner) : inner_(inner) {}

    // The nth call of this kind from now on (1: the next) fails once. A failing append writes half of its piece first,
    // as a disk does that gets full.
    void fail_on(BlobCall kind, int nth, FaultKind fault = FaultKind::unavailable) {
        const std::scoped_lock lock(mutex_);
        plan(kind) = {.left = nth, .fault = fault};
    }
    // Did the failure that was ordered happen?
    [[nodiscard]] bool failed(BlobCall kind) {
        const std::scoped_lock lock(mutex_);
        return plan(kind).left <= 0;
    }
    void heal() {
        const std::scoped_lock lock(mutex_);
        plans_ = {};
    }

    Task<Result<std::unique_ptr<store::BlobWriter>>> create(std::string key,
                                                            std::optional<std::uint64_t> expected_size) override {
        if (auto fault = next(BlobCall::create)) co_return std::unexpected(*fault);
        auto writer = co_await inner_.create(std::move(key), expected_size);
        co_return wrap(std::move(writer));
    }
    Task<Result<std::unique_ptr<store::BlobWriter>>> resume(std::string key) override {
        if (auto fault = next(BlobCall::resume)) co_return std::unexpected(*fault);
        auto writer = co_await inner_.resume(std::move(key));
        co_return wrap(std::move(writer));
    }
    Task<Result<std::unique_ptr<store::BlobReader>>> open(std::string key) override {
        if (auto fault = next(BlobCall::open)) co_return std::unexpected(*fault);
        auto reader = co_await inner_.open(std::move(key));
        if (!reader) co_return fail(std::move(reader));
        co_return std::make_unique<Reader>(*this, std::move(*reader));
    }
    Task<Result<void>> remove(std::string key) override {
        if (auto fault = next(BlobCall::remove)) co_return std::unexpected(*fault);
        co_return co_await inner_.remove(std::move(key));
    }
    Task<Result<void>> set_aside(std::string key) override { return inner_.set_aside(std::move(key)); }
    Task<Result<std::vector<std::string>>> list_keys(std::string prefix) override {
        return inner_.list_keys(std::move(prefix));
    }
    Task<Result<void>> check() override { return inner_.check(); }

private:
    struct Plan {
        int left = 1 << 30;
        FaultKind fault = FaultKind::unavailable;
    };

    class Writer final : public store::BlobWriter {
    public:
        Writer(FaultyBlobStore& store, std::unique_ptr<store::BlobWriter> inner)
            : store_(store), inner_(std::move(inner)) {}
        [[nodiscard]] std::uint64_t size() const override { return inner_->size(); }
        Task<Result<void>> append(std::span<const std::byte> piece) override {
            if (auto fault = store_.next(BlobCall::append)) {
                auto half = co_await inner_->append(piece.first(piece.size() / 2));
                if (!half) co_return half;
                co_return std::unexpected(*fault);
            }
            co_return co_await inner_->append(piece);
        }
        Task<Result<void>> flush() override {
            if (auto fault = store_.next(BlobCall::flush)) co_return std::unexpected(*fault);
            co_return co_await inner_->flush();
        }
        Task<Result<void>> commit() override {
            if (auto fault = store_.next(BlobCall::commit)) co_return std::unexpected(*fault);
            co_return co_await inner_->commit();
        }

    private:
        FaultyBlobStore& store_;
        std::unique_ptr<store::BlobWriter> inner_;
    };

    class Reader final : public store::BlobReader {
    public:
        Reader(FaultyBlobStore& store, std::unique_ptr<store::BlobReader> inner)
            : store_(store), inner_(std::move(inner)) {}
        [[nodiscard]] std::uint64_t size() const override { return inner_->size(); }
        Task<Result<std::size_t>> read_at(std::uint64_t offset, std::span<std::byte> out) override {
            if (auto fault = store_.next(BlobCall::read)) co_return std::unexpected(*fault);
            co_return co_await inner_->read_at(offset, out);
        }
        [[nodiscard]] std::optional<int> native_file() const override { return inner_->native_file(); }

    private:
        FaultyBlobStore& store_;
        std::unique_ptr<store::BlobReader> inner_;
    };

    Result<std::unique_ptr<store::BlobWriter>> wrap(Result<std::unique_ptr<store::BlobWriter>> writer) {
        if (!writer) return writer;
        return std::make_unique<Writer>(*this, std::move(*writer));
    }
    std::optional<Fault> next(BlobCall kind) {
        const std::scoped_lock lock(mutex_);
        auto& ordered = plan(kind);
        if (--ordered.left != 0) return std::nullopt;
        return Fault{.kind = ordered.fault, .message = "a test ordered this"};
    }
    Plan& plan(BlobCall kind) { return plans_[static_cast<std::size_t>(kind)]; }

    store::BlobStore& inner_;
    std::mutex mutex_;
    std::array<Plan, blob_calls.size()> plans_{};
};

}  // namespace berth::testing
