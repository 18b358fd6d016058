// The floor the contract tests of blob stores stand on: they know store::BlobStore only, so every store can run them.
// A store links one definition of variants() and open_place().
#pragma once

#include "async/run_blocking.hpp"
#include "store/blob_store.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <random>
#include <string>
#include <vector>

namespace berth::store::contract {

// Where blobs lie. Opening it twice gives two stores over the same blobs, as after a restart of the process.
class Place {
public:
    Place() = default;
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    virtual ~Place() = default;
    // What was open before is closed; nothing it handed out may be alive.
    [[nodiscard]] virtual BlobStore& reopen() = 0;
};

// Names of the ways this store can be set up; every test runs in each of them.
[[nodiscard]] std::vector<std::string> variants();
// nullptr: this machine cannot do it.
[[nodiscard]] std::unique_ptr<Place> open_place(const std::string& variant);

template <class T>
T wait_for(Task<T> task) {
    return run_blocking(std::move(task));
}

// The same bytes each time.
inline std::string content(std::size_t size, std::uint64_t seed = 1) {
    std::mt19937_64 random(seed);
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; i += 8) {
        const auto word = random();
        std::memcpy(bytes.data() + i, &word, std::min<std::size_t>(8, size - i));
    }
    return bytes;
}

// A copy of `bytes` in memory that starts `shift` bytes after a page does.
class Pages {
public:
    explicit Pages(std::string_view bytes, std::size_t shift = 0)
        : memory_(std::aligned_alloc(4096, (bytes.size() + shift + 4096) / 4096 * 4096), &std::free),
          shift_(shift),
          size_(bytes.size()) {
        if (!memory_) throw std::bad_alloc();
        if (!bytes.empty()) std::memcpy(start(), bytes.data(), bytes.size());
    }
    [[nodiscard]] std::span<const std::byte> span() const { return {start(), size_}; }

private:
    [[nodiscard]] std::byte* start() const { return static_cast<std::byte*>(memory_.get()) + shift_; }
    std::unique_ptr<void, decltype(&std::free)> memory_;
    std::size_t shift_;
    std::size_t size_;
};

class BlobContract : public ::testing::TestWithParam<std::string> {
protected:
    void SetUp() override {
        place_ = open_place(GetParam());
        if (!place_) GTEST_SKIP() << "this machine has no " << GetParam();
        store_ = &place_->reopen();
    }

    std::unique_ptr<BlobWriter> create(const std::string& key, std::optional<std::uint64_t> expected = std::nullopt) {
        return wait_for(store_->create(key, expected)).value();
    }
    std::unique_ptr<BlobWriter> resume(const std::string& key) { return wait_for(store_->resume(key)).value(); }
    static void append(BlobWriter& writer, std::string_view bytes, std::size_t shift = 0) {
        const Pages pages(bytes, shift);
        ASSERT_TRUE(wait_for(writer.append(pages.span())));
    }
    static void flush(BlobWriter& writer) { ASSERT_TRUE(wait_for(writer.flush())); }
    static void commit(BlobWriter& writer) { ASSERT_TRUE(wait_for(writer.commit())); }
    std::string read(const std::string& key) {
        auto reader = wait_for(store_->open(key)).value();
        return read(*reader);
    }
    static std::string read(BlobReader& reader) {
        std::string bytes(reader.size() + 1, '\0');
        bytes.resize(wait_for(reader.read_at(0, std::as_writable_bytes(std::span(bytes)))).value());
        return bytes;
    }
    FaultKind open_fault(const std::string& key) { return wait_for(store_->open(key)).error().kind; }

    const std::string key_ = "00000000-0000-4000-8000-000000000001";
    const std::string other_key_ = "00000000-0000-4000-8000-000000000002";
    std::unique_ptr<Place> place_;
    BlobStore* store_ = nullptr;
};

}  // namespace berth::store::contract
