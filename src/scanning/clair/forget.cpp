#include "scanning/clair/forget.hpp"

#include "base/log.hpp"
#include "registry/events.hpp"

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace berth::scanning::clair {

namespace {

constexpr std::string_view reader = "clair";

struct Unread {
    std::int64_t reached = 0;
    std::vector<store::Event> events;
};

bool is_removal(const store::Event& event) {
    return event.kind == registry::event::image_delete || event.kind == registry::event::image_purge;
}

}  // namespace

Task<Result<ForgetReport>> Forget::run(std::size_t limit) {
    auto unread = co_await services_.metadata.read([&](store::Transaction& tx) -> Result<Unread> {
        const auto reached = tx.outbox().reached(reader);
        return Unread{.reached = reached, .events = tx.outbox().page(reached, limit)};
    });
    if (!unread) co_return fail(std::move(unread));
    ForgetReport report{.forgotten = 0, .more = unread->events.size() >= limit};
    auto reached = unread->reached;
    const auto settled = services_.clock.now() - settling;
    std::set<std::string> seen;  // an image goes with an event for each tag, and out of the bin with another
    for (const auto& event : unread->events) {
        bool over = event.at > settled;
        if (!over && is_removal(event) && seen.insert(event.digest).second) {
            auto handled = co_await handle(event, report);
            if (!handled) co_return fail(std::move(handled));
            over = !*handled;
        }
        if (over) {
            report.more = false;
            break;
        }
        reached = event.id;
    }
    if (reached == unread->reached) co_return report;
    auto kept = co_await services_.metadata.write(
        [&](store::Transaction& tx) -> Result<void> {
            tx.outbox().set_reached(reader, reached);
            return {};
        },
        store::Durability::relaxed);
    if (!kept) co_return fail(std::move(kept));
    co_return report;
}

Task<Result<bool>> Forget::handle(const store::Event& event, ForgetReport& report) {
    const auto digest = model::Digest::parse(event.digest);
    if (!digest) co_return true;
    const auto kept = co_await services_.metadata.read(
        [&](store::Transaction& tx) -> Result<bool> { return tx.images().is_anywhere(*digest); });
    if (!kept) co_return std::unexpected(kept.error());
    if (*kept) co_return true;
    const auto told = co_await scanner_.forget(*digest);
    if (told) {
        ++report.forgotten;
        co_return true;
    }
    if (told.error().kind == FaultKind::unavailable) co_return false;  // Rematch says so, once
    log::warning("Clair does not forget an image", {{"digest", digest->text()}, {"reason", told.error().message}});
    co_return true;
}

}  // namespace berth::scanning::clair
