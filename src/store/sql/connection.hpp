// The thin layer every table is written on: run a literal with typed parameters, read typed columns.
//
//   for (auto row = db.run("SELECT name, size FROM t WHERE id = $1", id); row; row.next()) {
//       use(row.get<std::string>(0), row.get<std::uint64_t>(1));
//   }
//   if (db.change("DELETE FROM t WHERE id = $1", id) == 0) ...
#pragma once

#include "store/sql/query.hpp"
#include "store/sql/statement.hpp"
#include "store/sql/values.hpp"

#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>

namespace berth::store::sql {

// What a statement yields, standing on its first row. The statement is free again when this goes.
class Rows {
public:
    explicit Rows(Statement& statement) : statement_(&statement), present_(statement.step()) {}
    Rows(Rows&& other) noexcept
        : statement_(std::exchange(other.statement_, nullptr)), present_(std::exchange(other.present_, false)) {}
    Rows(const Rows&) = delete;
    Rows& operator=(const Rows&) = delete;
    Rows& operator=(Rows&&) = delete;
    ~Rows() {
        if (statement_) statement_->reset();
    }

    // Is there a row here?
    explicit operator bool() const { return present_; }
    void next() { present_ = statement_->step(); }
    template <class T>
    [[nodiscard]] T get(int column) const {
        return Column<T>::read(*statement_, column);
    }
    [[nodiscard]] std::int64_t changes() const { return statement_->changes(); }

private:
    Statement* statement_;
    bool present_;
};

// One session with the database. Used by one thread at a time.
class Connection {
public:
    Connection() = default;
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    virtual ~Connection() = default;

    template <class... Args>
    Rows run(Query query, const Args&... args) {
        Statement& statement = prepare(query);
        try {
            [[maybe_unused]] int parameter = 0;
            (bind(statement, ++parameter, args), ...);
            return Rows(statement);
        } catch (...) {
            statement.reset();
            throw;
        }
    }
    // For statements without rows: how many rows were changed.
    template <class... Args>
    std::int64_t change(Query query, const Args&... args) {
        return run(query, args...).changes();
    }

    // Statements separated by semicolons, without parameters and results: migrations.
    virtual void run_script(const std::string& text) = 0;

protected:
    // The prepared statement of this text, kept from then on. Throws std::logic_error while its rows are being read.
    virtual Statement& prepare(Query query) = 0;
};

}  // namespace berth::store::sql
