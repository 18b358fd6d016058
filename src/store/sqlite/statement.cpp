#include "store/sqlite/statement.hpp"

#include "store/sqlite/error.hpp"

#include <charconv>
#include <stdexcept>
#include <string>

namespace berth::store::sqlite {

SqliteStatement::SqliteStatement(sqlite3* handle, sql::Query query) : handle_(handle) {
    const auto text = query.text();
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v3(handle, text.data(), static_cast<int>(text.size()), SQLITE_PREPARE_PERSISTENT,
                                        &statement, nullptr);
    statement_.reset(statement);
    check(code);
    map_parameters();
}

void SqliteStatement::map_parameters() {
    const int count = sqlite3_bind_parameter_count(statement_.get());
    for (int at = 1; at <= count; ++at) {
        const char* name = sqlite3_bind_parameter_name(statement_.get(), at);
        const std::string_view text = name ? name : "";
        int number = 0;
        if (text.size() < 2 || text.front() != '$' ||
            std::from_chars(text.data() + 1, text.data() + text.size(), number).ptr != text.data() + text.size() ||
            number < 1 || number > count) {
            throw std::logic_error("placeholders are $1, $2 ... without a gap");
        }
        if (index_.size() < static_cast<std::size_t>(number)) index_.resize(static_cast<std::size_t>(number), 0);
        index_[static_cast<std::size_t>(number) - 1] = at;
    }
}

void SqliteStatement::take() {
    if (taken_) throw std::logic_error("a statement is run while its rows are being read");
    taken_ = true;
}

int SqliteStatement::index_of(int parameter) const {
    if (parameter < 1 || static_cast<std::size_t>(parameter) > index_.size()) {
        throw std::logic_error("a statement is given more values than it has placeholders");
    }
    return index_[static_cast<std::size_t>(parameter) - 1];
}

void SqliteStatement::check(int code) const {
    if (code != SQLITE_OK) throw_error(handle_, code);
}

void SqliteStatement::bind_null(int parameter) {
    check(sqlite3_bind_null(statement_.get(), index_of(parameter)));
}

void SqliteStatement::bind_integer(int parameter, std::int64_t value) {
    check(sqlite3_bind_int64(statement_.get(), index_of(parameter), value));
}

// An empty view may have no address, and an address of nothing would bind NULL.
void SqliteStatement::bind_text(int parameter, std::string_view value) {
    const char* text = value.data() ? value.data() : "";
    check(
        sqlite3_bind_text64(statement_.get(), index_of(parameter), text, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
}

void SqliteStatement::bind_bytes(int parameter, std::string_view value) {
    const char* bytes = value.data() ? value.data() : "";
    check(sqlite3_bind_blob64(statement_.get(), index_of(parameter), bytes, value.size(), SQLITE_STATIC));
}

bool SqliteStatement::step() {
    const int code = sqlite3_step(statement_.get());
    if (code == SQLITE_ROW) return true;
    if (code != SQLITE_DONE) throw_error(handle_, code);
    changes_ = sqlite3_changes64(handle_);
    return false;
}

void SqliteStatement::reset() noexcept {
    sqlite3_reset(statement_.get());
    sqlite3_clear_bindings(statement_.get());
    taken_ = false;
}

bool SqliteStatement::is_null(int column) const {
    return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

std::int64_t SqliteStatement::integer(int column) const {
    return sqlite3_column_int64(statement_.get(), column);
}

std::string_view SqliteStatement::bytes(int column) const {
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_.get(), column));
    const auto size = sqlite3_column_bytes(statement_.get(), column);
    return bytes ? std::string_view(bytes, static_cast<std::size_t>(size)) : std::string_view();
}

}  // namespace berth::store::sqlite
