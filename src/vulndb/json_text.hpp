// A JSON document of any size, cut into values that fit into memory: an importer walks the outer levels of a feed and
// takes each record as text, which a real parser then reads. Only the outer levels are judged here; what value()
// returns has balanced brackets and quotes, and may still be no JSON.
#pragma once

#include "archive/source.hpp"
#include "base/result.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace berth::vulndb {

class JsonText {
public:
    static constexpr std::size_t max_value_bytes = 64 << 20;

    // `source` must outlive it. A value longer than `max_value` is an error.
    explicit JsonText(archive::Source& source, std::size_t max_value = max_value_bytes);

    // The next byte that is no white space; 0 at the end.
    [[nodiscard]] Result<char> peek();
    // The next value's text, until the next call. Faults: invalid_parameter (broken), too_large.
    [[nodiscard]] Result<std::string_view> value();

    // Everything until the end of a line: how one gets past a broken value in a file of lines.
    [[nodiscard]] Result<void> skip_line();
    // Whether the fault of value() was that the text ended in the middle of it.
    [[nodiscard]] bool is_cut_short() const { return cut_short_; }

    // Walks an object or an array; `visit` must take each value, by value() or by a walk of its own.
    [[nodiscard]] Result<void> members(const std::function<Result<void>(const std::string& key)>& visit);
    [[nodiscard]] Result<void> elements(const std::function<Result<void>()>& visit);

private:
    [[nodiscard]] Result<bool> fill();
    [[nodiscard]] Result<void> expect(char wanted);
    [[nodiscard]] Result<bool> next_item(char end, bool first);
    // From position_: the length of the value there.
    [[nodiscard]] Result<std::size_t> measure();

    archive::Source& source_;
    std::size_t max_value_;
    std::string buffer_;
    std::size_t position_ = 0;
    bool at_end_ = false;
    bool cut_short_ = false;
};

}  // namespace berth::vulndb
