// The index of an RPM repository, and its list of mirrors: what is taken of them must stay inside the repository.
#include "vulndb/repomd.hpp"

#include "archive/source.hpp"
#include "check.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    berth::archive::MemorySource source(std::as_bytes(std::span(data, size)));
    if (const auto found = berth::vulndb::find_in_repomd(source, "updateinfo")) {
        check(!found->location.empty() && found->location.front() != '/');
        check(found->location.find("://") == std::string::npos);
        check(found->sha256.size() == 64);
    }
    const std::string_view text(reinterpret_cast<const char*>(data), size);  // NOLINT(*-reinterpret-cast)
    for (const auto& mirror : berth::vulndb::parse_mirror_list(text)) check(mirror.starts_with("http"));
    return 0;
}
