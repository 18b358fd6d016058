// A result is "POSITION PUSHED_AT PRIORITY ARCHIVED ACTION DIGEST TAG TAG...", a place "DIGEST TAGGED POSITION": no
// digest and no tag has a space or a line end in it.
#include "store/sql/preview_blocks.hpp"

#include "store/sql/enum_text.hpp"
#include "store/sql/error.hpp"

#include <algorithm>
#include <charconv>
#include <concepts>
#include <utility>

namespace berth::store::sql {
namespace {

[[noreturn]] void malformed() {
    throw Error(FaultKind::unavailable, "the stored results of a preview are malformed");
}

std::string_view cut(std::string_view& text, char end) {
    const auto part = text.substr(0, text.find(end));
    text.remove_prefix(std::min(text.size(), part.size() + 1));
    return part;
}

template <std::integral T>
T cut_number(std::string_view& text) {
    const auto part = cut(text, ' ');
    T value{};
    const auto [end, problem] = std::from_chars(part.data(), part.data() + part.size(), value);
    if (problem != std::errc{} || end != part.data() + part.size()) malformed();
    return value;
}

template <class T>
T parsed(std::string_view text) {
    auto value = T::parse(text);
    if (!value) malformed();
    return std::move(*value);
}

// Of a line whose position was cut off.
PreviewResult read_result(std::int64_t position, std::string_view line) {
    const Timestamp pushed_at{std::chrono::milliseconds{cut_number<std::int64_t>(line)}};
    const auto priority = cut_number<std::int32_t>(line);
    const bool archived = cut_number<int>(line) != 0;
    const auto action = parse_lifecycle_action(cut(line, ' '));
    PreviewResult result{.position = position,
                         .digest = parsed<model::Digest>(cut(line, ' ')),
                         .tags = {},
                         .pushed_at = pushed_at,
                         .action = action,
                         .rule_priority = priority,
                         .archived = archived};
    while (!line.empty()) result.tags.push_back(parsed<model::Tag>(cut(line, ' ')));
    return result;
}

}  // namespace

void append_result(std::string& block, const PreviewResult& result) {
    const auto add = [&block](std::string_view text) { (block += text) += ' '; };
    add(std::to_string(result.position));
    add(std::to_string(result.pushed_at.time_since_epoch().count()));
    add(std::to_string(result.rule_priority));
    add(result.archived ? "1" : "0");
    add(to_text(result.action));
    add(result.digest.text());
    for (const auto& tag : result.tags) add(tag.text());
    block.back() = '\n';
}

void read_results(std::string_view block, std::int64_t after, std::size_t limit, std::vector<PreviewResult>& to) {
    while (!block.empty() && limit > 0) {
        auto line = cut(block, '\n');
        const auto position = cut_number<std::int64_t>(line);
        if (position <= after) continue;
        to.push_back(read_result(position, line));
        --limit;
    }
}

void append_place(std::string& block, const PreviewPlace& place) {
    block += place.digest;
    block += place.tagged ? " 1 " : " 0 ";
    block += std::to_string(place.position);
    block += '\n';
}

std::optional<PreviewPlace> find_place(std::string_view block, std::string_view digest) {
    while (!block.empty()) {
        auto line = cut(block, '\n');
        const auto found = cut(line, ' ');
        if (found != digest) continue;
        const bool tagged = cut_number<int>(line) != 0;
        return PreviewPlace{.digest = found, .tagged = tagged, .position = cut_number<std::int64_t>(line)};
    }
    return std::nullopt;
}

}  // namespace berth::store::sql
