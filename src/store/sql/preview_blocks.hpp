// How results of previews are kept: many in one text, a line each, so that a preview of a hundred thousand images is a
// few thousand rows. The lists are written in their own order, from end to end.
#pragma once

#include "store/lifecycle_table.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace berth::store::sql {

inline constexpr std::size_t results_in_block = 100;  // what one page of GetLifecyclePolicyPreview has at most
inline constexpr std::size_t places_in_block = 100;

void append_result(std::string& block, const PreviewResult& result);
// Those of the block behind the position, at most `limit`. Throws sql::Error when the text is not what was written.
void read_results(std::string_view block, std::int64_t after, std::size_t limit, std::vector<PreviewResult>& to);

void append_place(std::string& block, const PreviewPlace& place);
// Valid as long as the block; nullopt: the digest is not in it.
[[nodiscard]] std::optional<PreviewPlace> find_place(std::string_view block, std::string_view digest);

}  // namespace berth::store::sql
