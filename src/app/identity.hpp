// Who this server is: its own registry, and the root access key that opens it.
#pragma once

#include "app/config.hpp"
#include "base/clock.hpp"
#include "base/random.hpp"
#include "model/names.hpp"
#include "registry/credentials.hpp"
#include "store/metadata.hpp"

namespace berth::app {

// Throws UsageError when account or region are none.
[[nodiscard]] model::Registry own_registry(const Config& config);

// Keeps the own registry in a new folder's metadata, and warns when the folder was made for another one: its
// repositories and its root access key are that one's.
void note_own_registry(const model::Registry& own, store::Metadata& metadata);

// The root access key: from BERTH_ROOT_ACCESS_KEY_ID and BERTH_ROOT_SECRET_ACCESS_KEY when both are set, else made at
// the first start and written to DATA/credentials. There is one at a time: a pair from the environment takes the place
// of the one in the file, and the file goes. Throws UsageError when the given pair cannot be one.
void ensure_root_key(const Config& config, const model::Registry& registry, registry::Credentials& credentials);

}  // namespace berth::app
