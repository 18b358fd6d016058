#include "sbom/licence.hpp"

#include "sbom/licence_list.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace berth::sbom {

namespace {

constexpr std::size_t max_length = 4096;

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool before(std::string_view a, std::string_view b) {
    return std::ranges::lexicographical_compare(a, b, {}, lower, lower);
}

bool same(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, {}, lower, lower);
}

std::optional<std::string_view> find(std::span<const std::string_view> list, std::string_view id) {
    const auto found = std::ranges::lower_bound(list, id, before);
    if (found == list.end() || !same(*found, id)) return std::nullopt;
    return *found;
}

// Parentheses and words.
std::vector<std::string_view> tokens_of(std::string_view text) {
    std::vector<std::string_view> tokens;
    std::size_t at = 0;
    while (true) {
        at = text.find_first_not_of(' ', at);
        if (at == std::string_view::npos) return tokens;
        const bool parenthesis = text[at] == '(' || text[at] == ')';
        const auto end = parenthesis ? at + 1 : std::min(text.find_first_of(" ()", at), text.size());
        tokens.push_back(text.substr(at, end - at));
        at = end;
    }
}

// The list's spelling; a trailing + means "or any later version" where the list has no identifier of its own for that.
std::optional<std::string> licence_id(std::string_view token) {
    if (const auto id = find(licence_ids(), token)) return std::string(*id);
    if (!token.ends_with('+')) return std::nullopt;
    const auto id = find(licence_ids(), token.substr(0, token.size() - 1));
    return id ? std::optional(std::string(*id) + '+') : std::nullopt;
}

// Reads the tokens in turn. Instead of recursion it counts parentheses: the operators' binding changes nothing here.
class Reader {
public:
    bool take(std::string_view token) {
        switch (wanted_) {
            case Wanted::operand:
                return take_operand(token);
            case Wanted::exception:
                return take_exception(token);
            case Wanted::operation:
                return take_operator(token);
        }
        return false;
    }
    [[nodiscard]] bool complete() const { return wanted_ == Wanted::operation && depth_ == 0; }

    LicenceExpression result;

private:
    enum class Wanted : unsigned char { operand, exception, operation };

    bool take_operand(std::string_view token) {
        if (token == "(") {
            ++depth_;
            result.text += '(';
            return true;
        }
        const auto id = licence_id(token);
        if (!id) return false;
        result.text += *id;
        wanted_ = Wanted::operation;
        after_licence_ = true;
        return true;
    }

    bool take_exception(std::string_view token) {
        const auto id = find(licence_exception_ids(), token);
        if (!id) return false;
        result.text += *id;
        wanted_ = Wanted::operation;
        after_licence_ = false;
        return true;
    }

    bool take_operator(std::string_view token) {
        if (token == ")") {
            if (depth_ == 0) return false;
            --depth_;
            result.text += ')';
            after_licence_ = false;
            return true;
        }
        result.compound = true;
        if (same(token, "with") && after_licence_) {
            result.text += " WITH ";
            wanted_ = Wanted::exception;
            return true;
        }
        wanted_ = Wanted::operand;
        if (same(token, "and")) {
            result.text += " AND ";
        } else if (same(token, "or")) {
            result.text += " OR ";
        } else {
            return false;
        }
        return true;
    }

    Wanted wanted_ = Wanted::operand;
    std::size_t depth_ = 0;
    bool after_licence_ = false;
};

}  // namespace

std::optional<LicenceExpression> parse_licence(std::string_view text) {
    if (text.size() > max_length) return std::nullopt;
    Reader reader;
    for (const auto token : tokens_of(text)) {
        if (!reader.take(token)) return std::nullopt;
    }
    if (!reader.complete()) return std::nullopt;
    reader.result.compound = reader.result.compound || reader.result.text.starts_with('(');
    return std::move(reader.result);
}

}  // namespace berth::sbom
