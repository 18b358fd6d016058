// One prepared statement, as an engine offers it. Parameters count from 1, columns from 0.
#pragma once

#include <cstdint>
#include <string_view>

namespace berth::store::sql {

// Used by one thread at a time, through Rows only. Everything throws sql::Error.
class Statement {
public:
    Statement() = default;
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;
    virtual ~Statement() = default;

    virtual void bind_null(int parameter) = 0;
    virtual void bind_integer(int parameter, std::int64_t value) = 0;
    // Text is copied.
    virtual void bind_text(int parameter, std::string_view value) = 0;
    // Bytes are not copied: they stay alive until the first step() returned.
    virtual void bind_bytes(int parameter, std::string_view value) = 0;

    // Runs to the next row; false: there is none, the statement is done.
    virtual bool step() = 0;
    // Ready for new parameters. A failure was told by step() before.
    virtual void reset() noexcept = 0;
    // Rows changed, once the statement is done.
    [[nodiscard]] virtual std::int64_t changes() const = 0;

    [[nodiscard]] virtual bool is_null(int column) const = 0;
    [[nodiscard]] virtual std::int64_t integer(int column) const = 0;
    // Text or bytes; valid until the next step() or reset().
    [[nodiscard]] virtual std::string_view bytes(int column) const = 0;
};

}  // namespace berth::store::sql
