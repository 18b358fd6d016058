// Access keys and the few values all nodes agree on.
#pragma once

#include "store/sql/connection.hpp"
#include "store/transaction.hpp"

namespace berth::store::sql {

class Credentials final : public CredentialTable {
public:
    explicit Credentials(Connection& db) : db_(db) {}

    std::optional<AccessKey> find(std::string_view access_key_id) override;
    void put(const AccessKey& key) override;
    void erase_others(std::string_view principal_arn, std::string_view kept_id) override;
    std::string put_setting_if_absent(std::string_view name, std::string_view value) override;

private:
    Connection& db_;
};

}  // namespace berth::store::sql
