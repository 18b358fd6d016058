// The last step of a build: one list a package, in the order of streams and names, with doubles hidden.
#pragma once

#include "vulndb/advisory.hpp"
#include "vulndb/generation_file.hpp"
#include "vulndb/sqlite_session.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace berth::vulndb {

// Reads the stage's advice (of `streams`) and out's vulnerabilities and enrichments, all complete; writes out's
// streams, packages and advice.
//
// Two feeds may speak of the same flaw in the same package: OSV repeats what Debian's own tracker says, without its
// words for what will not be fixed. Then a publisher's own feed wins over OSV, after that the record that was changed
// last, after that the first feed by name; the others' entries stay in the list, hidden, for when that feed goes.
void write_package_lists(Session& out, Session& stage, const std::map<Stream, std::int64_t>& streams,
                         const std::vector<StoredFeed>& feeds);

}  // namespace berth::vulndb
