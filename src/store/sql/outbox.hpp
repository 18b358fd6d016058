// Committed changes, told to whoever acts on them later.
#pragma once

#include "store/sql/connection.hpp"
#include "store/transaction.hpp"

namespace berth::store::sql {

class Outbox final : public OutboxTable {
public:
    explicit Outbox(Connection& db) : db_(db) {}

    void append(const Event& event) override;
    std::vector<Event> page(std::int64_t after, std::size_t limit) override;
    std::size_t trim(Timestamp before, std::size_t limit) override;
    std::int64_t reached(std::string_view reader) override;
    void set_reached(std::string_view reader, std::int64_t event) override;

private:
    Connection& db_;
};

}  // namespace berth::store::sql
