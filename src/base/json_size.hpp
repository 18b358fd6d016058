// How much a JSON text would be as a tree, told before the tree is made: `[0,0,...` takes two bytes a value as text and
// more than ten times that as a tree.
#pragma once

#include <cstddef>
#include <string_view>

namespace berth {

// Whether the text, if it is JSON, has more than about `limit` values and keys. Reads it once and keeps nothing; what
// is no JSON gets some answer, and the parser says the rest.
[[nodiscard]] bool has_more_json_values(std::string_view text, std::size_t limit);

}  // namespace berth
