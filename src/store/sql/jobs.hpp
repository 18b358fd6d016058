// Background jobs and their leases.
#pragma once

#include "store/sql/connection.hpp"
#include "store/transaction.hpp"

namespace berth::store::sql {

class Jobs final : public JobTable {
public:
    explicit Jobs(Connection& db) : db_(db) {}

    Inserted enqueue(const Job& job) override;
    std::optional<Job> claim(std::string_view owner, Timestamp now, Timestamp until) override;
    bool extend(std::int64_t id, std::string_view owner, Timestamp until) override;
    bool finish(std::int64_t id, std::string_view owner, Timestamp claimed_for) override;
    bool retry(const Job& job, std::string_view owner) override;
    std::optional<Timestamp> next_due() override;

private:
    Connection& db_;
};

}  // namespace berth::store::sql
