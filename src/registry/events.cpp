#include "registry/events.hpp"

namespace berth::registry {

namespace {

store::Event start(Services& services, std::string_view kind, const RepositoryRef& repository) {
    const auto now = services.clock.now();
    store::Event event;
    event.id = make_row_id(now, services.random);
    event.registry = repository.registry;
    event.kind = kind;
    event.repository = repository.name.text();
    event.at = now;
    return event;
}

}  // namespace

void announce_image(Services& services, store::Transaction& tx, std::string_view kind, const RepositoryRef& repository,
                    const model::Image& image, const model::Tag* tag, const model::Cause& cause) {
    auto event = start(services, kind, repository);
    event.digest = image.digest.text();
    event.media_type = image.media_type;
    event.cause = cause;
    if (tag != nullptr) event.tag = tag->text();
    tx.outbox().append(event);
}

void announce_scan(Services& services, store::Transaction& tx, std::string_view kind, const RepositoryRef& repository,
                   const model::Image& image, std::string detail) {
    auto event = start(services, kind, repository);
    event.digest = image.digest.text();
    event.media_type = image.media_type;
    event.detail = std::move(detail);
    tx.outbox().append(event);
}

void announce_execution(Services& services, store::Transaction& tx, const RepositoryRef& repository,
                        std::string detail) {
    auto event = start(services, event::lifecycle_execution, repository);
    event.detail = std::move(detail);
    tx.outbox().append(event);
}

void announce_repository(Services& services, store::Transaction& tx, std::string_view kind,
                         const RepositoryRef& repository) {
    tx.outbox().append(start(services, kind, repository));
}

}  // namespace berth::registry
