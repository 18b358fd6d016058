// The text of a statement. Only a literal becomes one, so text that came from outside cannot: it does not compile.
//
// Placeholders are $1, $2 ... as PostgreSQL numbers them; SQLite reads the same text as parameters of that name.
#pragma once

#include <cstddef>
#include <string_view>

namespace berth::store::sql {

class Query {
public:
    template <std::size_t N>
    consteval Query(const char (&literal)[N]) : text_(literal, N - 1) {}  // NOLINT: implicit on purpose

    // Valid for the life of the program; its address is the key of the statement caches.
    [[nodiscard]] constexpr std::string_view text() const { return text_; }

private:
    std::string_view text_;
};

}  // namespace berth::store::sql
