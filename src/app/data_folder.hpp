// The data folder's own small files: the master key and the root credentials. Created with the narrowest rights,
// written whole or not at all.
#pragma once

#include "base/random.hpp"
#include "base/secret.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace berth::app {

// Makes the folder (mode 0700) when it is not there. Throws UsageError when it cannot be used.
void prepare_data_folder(const std::filesystem::path& data);

// DATA/master.key, 32 bytes that seal the secrets in the metadata; made at the first start, before there are any.
// Whoever has the metadata without this file cannot read them. Throws UsageError when the file is no key, or is missing
// where there are metadata. Two first starts at once get the same key.
[[nodiscard]] Secret load_master_key(const std::filesystem::path& data, Random& random);

// DATA/credentials, in the AWS shared-credentials format (profile `default`), mode 0600.
void write_credentials(const std::filesystem::path& data, std::string_view access_key_id, std::string_view secret,
                       std::string_view region);

}  // namespace berth::app
