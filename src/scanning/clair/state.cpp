#include "scanning/clair/state.hpp"

#include "model/digest.hpp"
#include "scanning/clair/json.hpp"
#include "vulndb/times.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace berth::scanning::clair {

namespace {

constexpr std::size_t shown_digits = 16;

}  // namespace

Result<vulndb::Freshness> state_of(std::string_view index_state, std::optional<std::string_view> update_operations,
                                   std::string_view day) {
    const auto index = parse_object(index_state);
    if (!index || text_at(*index, "state").empty()) {
        return fail(FaultKind::invalid_parameter, "Clair's answer is no index state");
    }
    vulndb::Freshness state;
    // An updater's latest operation has another name each time it brought something.
    std::vector<std::string> words;
    if (update_operations) {
        const auto latest = parse_object(*update_operations);
        if (!latest) return fail(FaultKind::invalid_parameter, "Clair's answer is no list of updates");
        for (const auto& [updater, list] : *latest) {
            if (!list.is_array() || list.get_array().empty() || !list.get_array().front().is_object()) continue;
            const auto& operation = list.get_array().front().get_object();
            words.push_back(std::string(updater) + ' ' + text_at(operation, "ref"));
            const auto at = vulndb::parse_time(text_at(operation, "date"));
            if (at) state.newest_record_at = std::max(state.newest_record_at.value_or(*at), *at);
        }
    } else {
        words.emplace_back(day);
    }
    std::ranges::sort(words);
    std::string text = text_at(*index, "state");
    for (const auto& word : words) text += '\n' + word;
    state.generation = "clair-" + std::string(model::Digest::of(text).hex().substr(0, shown_digits));
    return state;
}

}  // namespace berth::scanning::clair
