// Feeds that are the updateinfo of an RPM repository: found the way its clients find it, from mirror.list or from
// repodata/repomd.xml, since the file's own address changes with its content.
#pragma once

#include "client/http.hpp"

#include <string_view>

namespace berth::app {

// Whether the address is that of a list of mirrors or of an index.
[[nodiscard]] bool is_rpm_repository(std::string_view url);

// HttpClient::download() of what `wanted.url` leads to, from the first mirror that has it. `not_modified`: FILE is what
// the index names, by its SHA-256. Until it is whole the file has the name FILE.fetched, and FILE.fetched.part from
// which a later call goes on; what arrives and is not what the index says is thrown away. A list that was had by TLS
// leads to no mirror without.
[[nodiscard]] Result<client::Downloaded> download_updateinfo(client::HttpClient& client,
                                                             const client::Download& wanted);

}  // namespace berth::app
