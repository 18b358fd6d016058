// Blobs, which repository has them, and the keys whose bytes nobody needs any more.
#pragma once

#include "store/sql/connection.hpp"
#include "store/transaction.hpp"

namespace berth::store::sql {

class Blobs final : public BlobTable {
public:
    explicit Blobs(Connection& db) : db_(db) {}

    std::optional<model::Blob> find(const model::Digest& digest) override;
    std::optional<model::Blob> find(model::RepositoryId repository, const model::Digest& digest) override;
    std::optional<std::string> inline_bytes(const model::Digest& digest) override;
    Inserted insert(const model::Blob& blob, Timestamp now) override;
    void link(model::RepositoryId repository, const model::Digest& digest, Timestamp now, Timestamp review_at) override;
    std::optional<ForgottenBlob> unlink(model::RepositoryId repository, const model::Digest& digest,
                                        Timestamp now) override;
    bool archived(model::RepositoryId repository, const model::Digest& digest) override;
    bool referenced(model::RepositoryId repository, const model::Digest& digest) override;
    bool postpone_review(model::RepositoryId repository, const model::Digest& digest, Timestamp review_at) override;
    std::vector<HeldBlob> due_reviews(Timestamp now, std::size_t limit) override;
    Reviewed review(const HeldBlob& held, Timestamp now) override;
    std::vector<model::Repository> holders(const model::Registry& registry, const model::Digest& digest,
                                           std::size_t limit) override;

    std::vector<model::Blob> page(std::string_view after_digest, std::size_t limit) override;
    std::vector<BlobNeed> needs(const BlobNeedPosition& after, std::size_t limit) override;
    std::vector<BlobNeed> bin_needs(const BlobNeedPosition& after, std::size_t limit) override;
    void forget(const model::Digest& digest) override;

    void discard_key(std::string_view key, Timestamp now) override;
    std::vector<std::string> discarded_keys(std::size_t limit) override;
    bool is_discarded(std::string_view key) override;
    void forget_discarded_key(std::string_view key) override;

private:
    Connection& db_;
};

}  // namespace berth::store::sql
