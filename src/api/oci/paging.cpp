#include "api/oci/paging.hpp"

#include "base/encoding.hpp"

#include <algorithm>
#include <charconv>

namespace berth::api::oci {

namespace {

constexpr std::size_t max_last_length = 512;

Result<std::size_t> parse_size(std::string_view text) {
    if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) {
        return fail(FaultKind::invalid_parameter, "n is not a number of entries");
    }
    std::size_t size = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
    // Digits that do not fit are simply more than a page holds.
    return error == std::errc::result_out_of_range ? max_page : std::min(size, max_page);
}

}  // namespace

Result<Page> parse_page(const Query& query) {
    Page page;
    if (const auto n = query.find("n")) {
        auto size = parse_size(*n);
        if (!size) return fail(std::move(size));
        page.size = *size;
    }
    if (const auto last = query.find("last")) {
        if (last->size() > max_last_length) return fail(FaultKind::invalid_parameter, "last is longer than any name");
        page.after = *last;
    }
    return page;
}

std::string next_link(std::string_view path,
                      std::initializer_list<std::pair<std::string_view, std::string_view>> parameters) {
    std::string link = "<";
    link += path;
    char separator = '?';
    for (const auto& [name, value] : parameters) {
        if (value.empty()) continue;
        link += separator;
        link += name;
        link += '=';
        link += percent_encode(value);
        separator = '&';
    }
    link += ">; rel=\"next\"";
    return link;
}

}  // namespace berth::api::oci
