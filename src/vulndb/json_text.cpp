#include "vulndb/json_text.hpp"

#include "base/size.hpp"

#include <algorithm>
#include <cstdint>

namespace berth::vulndb {

namespace {

constexpr std::size_t piece_bytes = 256_KiB;
constexpr unsigned max_depth = 64;

bool is_space(char c) {
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

std::unexpected<Fault> broken(std::string what) {
    return fail(FaultKind::invalid_parameter, "not JSON: " + std::move(what));
}

// Follows one value byte by byte.
class Cutter {
public:
    enum class State : unsigned char { inside, done, done_before, broken };

    State take(char c) {
        if (in_string_) return take_in_string(c);
        switch (c) {
            case '"':
                in_string_ = true;
                return State::inside;
            case '{':
            case '[':
                if (depth_ == max_depth) return State::broken;
                objects_ = objects_ << 1 | (c == '{' ? 1U : 0U);
                ++depth_;
                return State::inside;
            case '}':
            case ']':
                if (depth_ == 0) return scalar_ ? State::done_before : State::broken;
                if ((objects_ & 1U) != (c == '}' ? 1U : 0U)) return State::broken;
                objects_ >>= 1;
                return --depth_ == 0 ? State::done : State::inside;
            default:
                if (depth_ > 0) return State::inside;
                if (is_space(c) || c == ',' || c == ':') return scalar_ ? State::done_before : State::broken;
                scalar_ = true;
                return State::inside;
        }
    }
    // At the end of the input: a number or a word may end there.
    [[nodiscard]] bool may_end() const { return scalar_ && !in_string_ && depth_ == 0; }

private:
    State take_in_string(char c) {
        if (c == '\n') return State::broken;
        if (escaped_) {
            escaped_ = false;
        } else if (c == '\\') {
            escaped_ = true;
        } else if (c == '"') {
            in_string_ = false;
            if (depth_ == 0) return State::done;
        }
        return State::inside;
    }

    std::uint64_t objects_ = 0;  // a bit a level: 1 object, 0 array
    unsigned depth_ = 0;
    bool in_string_ = false;
    bool escaped_ = false;
    bool scalar_ = false;
};

}  // namespace

JsonText::JsonText(archive::Source& source, std::size_t max_value) : source_(source), max_value_(max_value) {}

// More bytes behind those that are there; those before position_ may go.
Result<bool> JsonText::fill() {
    if (at_end_) return false;
    if (position_ > 0) {
        buffer_.erase(0, position_);
        position_ = 0;
    }
    const auto had = buffer_.size();
    // Doubling keeps the moves of a long value few.
    buffer_.resize(std::max(had + piece_bytes, had * 2));
    const auto got = source_.read(std::as_writable_bytes(std::span(buffer_).subspan(had)));
    buffer_.resize(had + (got ? *got : 0));
    if (!got) return std::unexpected(got.error());
    at_end_ = *got == 0;
    return !at_end_;
}

Result<char> JsonText::peek() {
    for (;;) {
        while (position_ < buffer_.size() && is_space(buffer_[position_])) ++position_;
        if (position_ < buffer_.size()) return buffer_[position_];
        auto more = fill();
        if (!more) return fail(std::move(more));
        if (!*more) return '\0';
    }
}

Result<std::size_t> JsonText::measure() {
    Cutter cutter;
    for (std::size_t length = 0;; ++length) {
        if (length > max_value_) return fail(FaultKind::too_large, "a value of JSON is too long");
        if (position_ + length == buffer_.size()) {
            auto more = fill();
            if (!more) return fail(std::move(more));
            if (!*more && cutter.may_end()) return length;
            cut_short_ = !*more;
            if (cut_short_) return broken("it ends in the middle");
        }
        switch (cutter.take(buffer_[position_ + length])) {
            case Cutter::State::inside:
                break;
            case Cutter::State::done:
                return length + 1;
            case Cutter::State::done_before:
                return length;
            case Cutter::State::broken:
                return broken("brackets or quotes that do not match, or too deep");
        }
    }
}

Result<std::string_view> JsonText::value() {
    const auto start = peek();
    if (!start) return std::unexpected(start.error());
    cut_short_ = *start == '\0';
    if (cut_short_) return broken("a value is missing");
    const auto length = measure();
    if (!length) return std::unexpected(length.error());
    const auto at = position_;
    position_ += *length;
    return std::string_view(buffer_).substr(at, *length);
}

Result<void> JsonText::skip_line() {
    for (;;) {
        const auto end = buffer_.find('\n', position_);
        if (end != std::string::npos) {
            position_ = end + 1;
            return {};
        }
        position_ = buffer_.size();
        auto more = fill();
        if (!more) return fail(std::move(more));
        if (!*more) return {};
    }
}

Result<void> JsonText::expect(char wanted) {
    const auto next = peek();
    if (!next) return std::unexpected(next.error());
    if (*next != wanted) return broken(std::string("'") + wanted + "' is missing");
    ++position_;
    return {};
}

// False: the end was there, and is taken.
Result<bool> JsonText::next_item(char end, bool first) {
    const auto next = peek();
    if (!next) return std::unexpected(next.error());
    if (*next == end) {
        ++position_;
        return false;
    }
    if (!first)
        if (auto comma = expect(','); !comma) return fail(std::move(comma));
    return true;
}

Result<void> JsonText::members(const std::function<Result<void>(const std::string& key)>& visit) {
    if (auto open = expect('{'); !open) return open;
    for (bool first = true;; first = false) {
        auto more = next_item('}', first);
        if (!more) return fail(std::move(more));
        if (!*more) return {};
        const auto text = value();
        if (!text) return std::unexpected(text.error());
        if (text->size() < 2 || text->front() != '"') return broken("a name is missing");
        const std::string key(text->substr(1, text->size() - 2));
        if (auto colon = expect(':'); !colon) return colon;
        if (auto visited = visit(key); !visited) return visited;
    }
}

Result<void> JsonText::elements(const std::function<Result<void>()>& visit) {
    if (auto open = expect('['); !open) return open;
    for (bool first = true;; first = false) {
        auto more = next_item(']', first);
        if (!more) return fail(std::move(more));
        if (!*more) return {};
        if (auto visited = visit(); !visited) return visited;
    }
}

}  // namespace berth::vulndb
