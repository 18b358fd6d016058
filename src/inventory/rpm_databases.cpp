#include "inventory/rpm_databases.hpp"

namespace berth::inventory {

Result<FileFacts> rpm_facts(std::uint64_t file_bytes, const std::function<Result<void>(const RpmHeaderSink&)>& read) {
    FileFacts facts;
    OwnedFilesOfDatabase owned(file_bytes);
    std::uint64_t seen = 0;
    auto done = read([&](std::span<const std::byte> header) -> Result<void> {
        seen += header.size();
        if (seen > file_bytes) return fail(FaultKind::too_large, "holds more than its own size");
        auto added = add_rpm_header(header, facts, owned);
        if (!added && added.error().kind == FaultKind::too_large) return added;
        if (!added) note(facts, added.error().message);
        return {};
    });
    owned.move_to(facts);
    // What was read before the damage is worth having.
    if (!done && facts.packages.empty()) return fail(std::move(done));
    if (!done) facts.problems.push_back(done.error().message);
    return facts;
}

}  // namespace berth::inventory
