// Whether a JSON text says something twice; for the .cpp files of this room.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace berth::lifecycle {

// The first key that stands twice in one object, escapes resolved. Readers of such a text differ on which of the two
// counts, so whoever wrote it may mean the one that does not. `text` is known to be JSON.
[[nodiscard]] std::optional<std::string> find_repeated_key(std::string_view text);

}  // namespace berth::lifecycle
