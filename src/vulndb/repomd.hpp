// How clients of an RPM repository find its files: a list of mirrors, and on each an index, repodata/repomd.xml.
#pragma once

#include "archive/source.hpp"
#include "base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace berth::vulndb {

struct IndexedFile {
    std::string location;  // relative to the repository, such as repodata/updateinfo.xml.gz; never leads out of it
    std::string sha256;    // of the file as it is served, in hexadecimal
};

// The file of one type of data ("updateinfo"). invalid_parameter: not an index, no such file, one that is elsewhere, or
// one with a weaker checksum than SHA-256; and the faults of read_xml().
[[nodiscard]] Result<IndexedFile> find_in_repomd(archive::Source& text, std::string_view type);

// mirror.list: an address a line, of repositories with the same content. Comments and what is no http address are left
// out, and all but the first few.
[[nodiscard]] std::vector<std::string> parse_mirror_list(std::string_view text);

}  // namespace berth::vulndb
