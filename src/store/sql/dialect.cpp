#include "store/sql/dialect.hpp"

#include <stdexcept>

namespace berth::store::sql {
namespace {

std::string_view translate(std::string_view word, const Dialect& dialect) {
    if (word == "id") return dialect.id;
    if (word == "text") return dialect.text;
    if (word == "bytes") return dialect.bytes;
    if (word == "clustered") return dialect.clustered;
    throw std::logic_error("no dialect knows {" + std::string(word) + "}");
}

}  // namespace

std::string in_dialect(std::string_view text, const Dialect& dialect) {
    std::string out;
    out.reserve(text.size());
    for (;;) {
        const auto open = text.find('{');
        out += text.substr(0, open);
        if (open == std::string_view::npos) return out;
        const auto close = text.find('}', open);
        if (close == std::string_view::npos) throw std::logic_error("a dialect word is not closed");
        out += translate(text.substr(open + 1, close - open - 1), dialect);
        text.remove_prefix(close + 1);
    }
}

}  // namespace berth::store::sql
