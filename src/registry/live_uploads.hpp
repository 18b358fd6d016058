// Uploads that are going on in this process: the running hash and the open writer of each. What is here can always be
// rebuilt from the stores, so a restart loses nothing and the oldest idle ones may be forgotten.
#pragma once

#include "registry/ingest.hpp"
#include "store/transaction.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

namespace berth::registry {

struct LiveUpload {
    LiveUpload(store::Upload the_row, model::DigestAlgorithm algorithm) : row(std::move(the_row)), content(algorithm) {}

    store::Upload row;
    bool row_changed = false;  // the row here knows more than the one in the metadata
    UploadContent content;
};

// Thread-safe.
class LiveUploads {
public:
    explicit LiveUploads(std::size_t capacity) : capacity_(capacity) {}

    // The right to work on one upload; nobody else has it at the same time. Given back when destroyed; an upload that
    // is torn then is forgotten.
    class Lease {
    public:
        Lease(LiveUploads& table, std::string id) : table_(&table), id_(std::move(id)) {}
        ~Lease();
        Lease(Lease&& other) noexcept
            : table_(std::exchange(other.table_, nullptr)),
              id_(std::move(other.id_)),
              upload_(std::move(other.upload_)) {}
        Lease& operator=(Lease&&) = delete;
        Lease(const Lease&) = delete;
        Lease& operator=(const Lease&) = delete;

        // What the process has of it; null: it has to be rebuilt, and keep() makes it known.
        [[nodiscard]] LiveUpload* upload() const { return upload_.get(); }
        void keep(std::shared_ptr<LiveUpload> upload) { upload_ = std::move(upload); }
        // The upload is over: nothing of it stays here.
        void forget() { upload_.reset(); }

    private:
        friend class LiveUploads;
        LiveUploads* table_;
        std::string id_;
        std::shared_ptr<LiveUpload> upload_;
    };

    // nullopt: somebody else works on it.
    [[nodiscard]] std::optional<Lease> lease(const model::UploadId& id);
    // Without a lease, for reading its size and row while somebody works on it.
    [[nodiscard]] std::shared_ptr<const LiveUpload> peek(const model::UploadId& id);

private:
    struct Slot {
        std::shared_ptr<LiveUpload> upload;
        bool leased = false;
        std::uint64_t last_used = 0;
    };

    void give_back(const std::string& id, std::shared_ptr<LiveUpload> upload);
    void forget_oldest_idle();

    const std::size_t capacity_;
    std::mutex mutex_;
    std::uint64_t uses_ = 0;
    std::unordered_map<std::string, Slot> slots_;
};

}  // namespace berth::registry
