// Running uploads.
#pragma once

#include "store/sql/connection.hpp"
#include "store/transaction.hpp"

namespace berth::store::sql {

class Uploads final : public UploadTable {
public:
    explicit Uploads(Connection& db) : db_(db) {}

    std::optional<Upload> find(const model::UploadId& id) override;
    void insert(const Upload& upload) override;
    void update(const Upload& upload) override;
    void erase(const model::UploadId& id) override;
    void put_bytes(const model::UploadId& id, std::string_view bytes) override;
    std::string bytes(const model::UploadId& id) override;
    std::vector<Upload> expired(Timestamp now, std::size_t limit) override;
    std::size_t count(model::RepositoryId repository) override;

private:
    Connection& db_;
};

}  // namespace berth::store::sql
