// The words in which engines differ; migrations write them as {id}, {bytes} ... Each engine has one of these.
#pragma once

#include <string>
#include <string_view>

namespace berth::store::sql {

struct Dialect {
    std::string_view id;         // type of a 64-bit primary key of one column
    std::string_view text;       // type of text that compares byte by byte, whatever the database's collation
    std::string_view bytes;      // type of bytes
    std::string_view clustered;  // table option: rows live in the primary key's own tree
};

// `text` with every {word} replaced. Throws std::logic_error for an unknown word.
[[nodiscard]] std::string in_dialect(std::string_view text, const Dialect& dialect);

}  // namespace berth::store::sql
