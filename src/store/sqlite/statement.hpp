// A prepared statement of SQLite.
#pragma once

#include "store/sql/query.hpp"
#include "store/sql/statement.hpp"

#include <sqlite3.h>

#include <memory>
#include <vector>

namespace berth::store::sqlite {

class SqliteStatement final : public sql::Statement {
public:
    SqliteStatement(sqlite3* handle, sql::Query query);

    // Throws std::logic_error when somebody still reads its rows.
    void take();

    void bind_null(int parameter) override;
    void bind_integer(int parameter, std::int64_t value) override;
    void bind_text(int parameter, std::string_view value) override;
    void bind_bytes(int parameter, std::string_view value) override;
    bool step() override;
    void reset() noexcept override;
    std::int64_t changes() const override { return changes_; }
    bool is_null(int column) const override;
    std::int64_t integer(int column) const override;
    std::string_view bytes(int column) const override;

private:
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
    };

    void map_parameters();
    [[nodiscard]] int index_of(int parameter) const;
    void check(int code) const;

    sqlite3* handle_;
    std::unique_ptr<sqlite3_stmt, Finalize> statement_;
    // SQLite numbers $2, $1 by appearance: where parameter n really is, found once. 0: not in the text.
    std::vector<int> index_;
    std::int64_t changes_ = 0;
    bool taken_ = false;
};

}  // namespace berth::store::sqlite
