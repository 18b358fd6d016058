#include "app/node.hpp"

#include "api/aws/aws_api.hpp"
#include "api/endpoints.hpp"
#include "api/oci/distribution_api.hpp"
#include "api/ops/metrics.hpp"
#include "api/ops/operations_api.hpp"
#include "app/clair.hpp"
#include "app/data_folder.hpp"
#include "app/front_door.hpp"
#include "app/identity.hpp"
#include "app/listen_address.hpp"
#include "app/metric_sources.hpp"
#include "app/scan_jobs.hpp"
#include "app/usage_error.hpp"
#include "app/version.hpp"
#include "async/run_blocking.hpp"
#include "async/share_of_time.hpp"
#include "auth/basic_authenticator.hpp"
#include "base/log.hpp"
#include "http/server.hpp"
#include "jobs/housekeeping.hpp"
#include "jobs/lifecycle.hpp"
#include "jobs/scanning.hpp"
#include "registry/blobs.hpp"
#include "registry/credentials.hpp"
#include "registry/followers.hpp"
#include "registry/images.hpp"
#include "registry/lifecycle_policies.hpp"
#include "registry/lifecycle_previews.hpp"
#include "registry/lifecycle_runs.hpp"
#include "registry/recycle_bin.hpp"
#include "registry/repositories.hpp"
#include "registry/services.hpp"
#include "registry/storage_classes.hpp"
#include "registry/uploads.hpp"
#include "scanning/built_in/engine.hpp"
#include "scanning/clair/engine.hpp"
#include "scanning/configurations.hpp"
#include "scanning/sbom_attacher.hpp"
#include "scanning/scan_queue.hpp"
#include "scanning/scan_results.hpp"
#include "scanning/scanner_off.hpp"
#include "scanning/scans.hpp"
#include "scanning/suppressions.hpp"
#include "store/fs/fs_blob_store.hpp"
#include "store/sqlite/sqlite_metadata.hpp"

#include <algorithm>
#include <exception>
#include <filesystem>
#include <thread>

namespace berth::app {

namespace {

namespace fs = std::filesystem;

// A client that pushes pauses between two requests: it packs or hashes the next layer.
constexpr std::chrono::milliseconds scans_resume_after{100};

unsigned cores() {
    return std::max(1U, std::thread::hardware_concurrency());
}
fs::path vulnerability_database_folder(const Config& config) {
    const auto& folder = config.vulnerability_database.folder;
    return folder.empty() ? fs::path(config.data) / "vulndb" : fs::path(folder);
}
unsigned storage_threads(const Config& config) {
    return config.storage_threads != 0 ? config.storage_threads : std::max(4U, 2 * cores());
}

fs::path prepared(const Config& config) {
    prepare_data_folder(config.data);
    return config.data;
}

std::unique_ptr<store::sqlite::SqliteMetadata> open_metadata(const fs::path& data) {
    auto opened = store::sqlite::SqliteMetadata::open({.path = data / "metadata.db"});
    if (!opened) throw UsageError(opened.error().message);
    return std::move(*opened);
}

scanning::QueueOptions scan_options(const Config& config) {
    auto options = config.scan_queue;
    options.poll = config.job_poll;
    return options;
}

auth::StatementKey token_key(registry::Credentials& credentials) {
    auto key = run_blocking(credentials.token_key());
    if (!key) throw UsageError("the token key cannot be read: " + key.error().message);
    return std::move(*key);
}

ListenAddress listen_address(const Config& config) {
    auto address = parse_listen_address(config.listen);
    if (!address) throw UsageError("cannot listen on '" + config.listen + "'; write HOST:PORT, such as 127.0.0.1:5000");
    return std::move(*address);
}

std::optional<http::TlsFiles> tls_files(const Config& config) {
    if (config.tls_certificate.empty() != config.tls_key.empty()) {
        throw UsageError("TLS needs both a certificate and its key: give --tls-cert and --tls-key");
    }
    if (config.tls_certificate.empty()) return std::nullopt;
    return http::TlsFiles{.certificate_chain = config.tls_certificate, .private_key = config.tls_key};
}

api::Endpoints::Config endpoints_of(const Config& config, const model::Registry& own, const ListenAddress& address,
                                    std::uint16_t port) {
    const auto scheme = config.tls_certificate.empty() ? api::Scheme::http : api::Scheme::https;
    api::Endpoints::Config made{
        .own = own, .fallback_host = api::default_public_host(address.host, port, scheme), .scheme = scheme};
    if (!config.public_host.empty()) made.public_host = config.public_host;
    if (!config.domain.empty()) made.domain = config.domain;
    return made;
}

}  // namespace

// Built from the top, destroyed from the bottom: what stands lower uses what stands higher.
struct Node::Parts {
    explicit Parts(const Config& the_config);

    http::ServerOptions server_options();
    scanning::Scanner& scanner();
    std::unique_ptr<scanning::SbomAttacher> make_sboms();
    std::unique_ptr<scanning::clair::Engine> make_clair();

    const Config config;
    const fs::path data;
    SystemClock clock;
    SystemRandom random;
    const model::Registry own;
    const ListenAddress address;
    Secret master_key;  // read before there are metadata that need it; moved from

    BlockingPool storage_pool;
    iam::OwnAccountAuthorizer authorizer;

    std::unique_ptr<store::sqlite::SqliteMetadata> metadata;
    store::fs::FsBlobStore blobs_store;
    registry::Services services;
    registry::Credentials credentials;
    const auth::StatementKey key;

    registry::Repositories repositories;
    registry::Images images;
    registry::Blobs blobs;
    registry::Uploads uploads;
    registry::RecycleBin recycle_bin;
    registry::LifecyclePolicies lifecycle_policies;
    registry::LifecyclePreviews lifecycle_previews;
    registry::LifecycleRuns lifecycle_runs;
    registry::StorageClasses storage_classes;
    registry::Followers followers;

    scanning::ScanResults scan_results;
    ShareOfTime scan_share;
    std::unique_ptr<scanning::SbomAttacher> sboms;  // null: nobody wants them
    scanning::Engine scan_engine;
    std::unique_ptr<scanning::clair::Engine> clair;  // null: another engine
    scanning::ScannerOff no_scanner;
    scanning::ScanQueue scan_queue;
    scanning::Scans scans;
    scanning::Configurations scan_configurations;
    scanning::Suppressions suppressions;
    std::unique_ptr<scanning::Reevaluation> reevaluation;
    DatabaseUpdate database_update;
    registry::Collector collector;

    jobs::Runner runner;
    auth::BasicAuthenticator authenticator;
    api::ops::RequestCounters counters;
    api::ops::Metrics metrics;
    api::ops::OperationsApi operations;
    api::BodyBudget bodies;
    FrontDoor door;
    http::Server server;
    std::unique_ptr<api::Endpoints> endpoints;
    std::unique_ptr<api::oci::DistributionApi> distribution;
    std::unique_ptr<api::aws::AwsApi> aws;
    std::thread background;
};

Node::Parts::Parts(const Config& the_config)
    : config(the_config),
      data(prepared(config)),
      own(own_registry(config)),
      address(listen_address(config)),
      master_key(load_master_key(data, random)),
      storage_pool(storage_threads(config)),
      metadata(open_metadata(data)),
      blobs_store(data / "blobs", storage_pool,
                  config.direct_io ? store::fs::DirectIo::where_possible : store::fs::DirectIo::off, config.keep_free),
      services{.clock = clock,
               .random = random,
               .metadata = *metadata,
               .blobs = blobs_store,
               .authorizer = authorizer,
               .settings = config.registry},
      credentials(*metadata, clock, random, auth::SealingKey(std::move(master_key), random)),
      key(token_key(credentials)),
      repositories(services),
      images(services),
      blobs(services),
      uploads(services),
      recycle_bin(services),
      lifecycle_policies(services),
      lifecycle_previews(services),
      lifecycle_runs(services),
      storage_classes(services),
      followers(services),
      scan_results(services,
                   config.scan_engine == ScanEngine::built_in ? scanning::Keep::by_parts : scanning::Keep::whole),
      scan_share(config.scan_share_beside_pushes, [this] { return services.pushes.within(scans_resume_after); }),
      sboms(make_sboms()),
      scan_engine(services, vulnerability_database_folder(config), config.scan_engine_options, scan_share, sboms.get()),
      clair(make_clair()),
      scan_queue(services, scanner(), scan_results, scan_share, scan_options(config)),
      scans(services, config.scan_engine_options.scans.rank_kernel_headers_last),
      scan_configurations(services),
      suppressions(services),
      reevaluation(scan_engine.reevaluation()),
      database_update(update_arguments(vulnerability_database_folder(config), config.vulnerability_database)),
      collector(services),
      runner(*metadata, clock, random, jobs::RunnerOptions{.poll = config.job_poll}),
      authenticator(key, clock, random),
      metrics(counters),
      operations(*metadata, blobs_store, metrics),
      bodies(config.request_memory),
      door(operations, counters, config.access_log),
      server(server_options(), [this](http::Request& request) { return door.handle(request); }) {
    note_own_registry(own, *metadata);
    ensure_root_key(config, own, credentials);
    endpoints = std::make_unique<api::Endpoints>(endpoints_of(config, own, address, server.port()));
    distribution = std::make_unique<api::oci::DistributionApi>(api::oci::UseCases{.repositories = repositories,
                                                                                  .uploads = uploads,
                                                                                  .blobs = blobs,
                                                                                  .images = images,
                                                                                  .settings = config.registry,
                                                                                  .bodies = bodies},
                                                               api::oci::Gate(*endpoints, authenticator, key, clock));
    aws = std::make_unique<api::aws::AwsApi>(api::aws::Environment{.repositories = repositories,
                                                                   .images = images,
                                                                   .blobs = blobs,
                                                                   .uploads = uploads,
                                                                   .recycle_bin = recycle_bin,
                                                                   .lifecycle_policies = lifecycle_policies,
                                                                   .lifecycle_previews = lifecycle_previews,
                                                                   .storage_classes = storage_classes,
                                                                   .scans = scans,
                                                                   .scan_configurations = scan_configurations,
                                                                   .suppressions = suppressions,
                                                                   .authorizer = authorizer,
                                                                   .endpoints = *endpoints,
                                                                   .key = key,
                                                                   .clock = clock},
                                             credentials, bodies);
    door.open(*distribution, *aws);
    jobs::add_housekeeping(runner, services, uploads, recycle_bin, config.housekeeping);
    jobs::add_lifecycle(runner,
                        {.runs = lifecycle_runs,
                         .previews = lifecycle_previews,
                         .storage_classes = storage_classes,
                         .followers = followers},
                        config.lifecycle);
    jobs::add_collection(runner, collector, config.collection);
    jobs::add_scanning(runner, scan_configurations);
    if (config.scan_engine == ScanEngine::built_in) {
        add_scan_jobs(runner,
                      {.engine = scan_engine,
                       .queue = scan_queue,
                       .reevaluation = *reevaluation,
                       .threads = storage_pool,
                       .update = database_update},
                      config.vulnerability_database);
    }
    if (clair) add_clair_jobs(runner, clair->rematch(), scan_queue, config.clair_interval);
    services.bell.connect([this] { runner.wake(); }, [this] { scan_queue.wake(); });
    add_metric_sources(metrics, {.server = server,
                                 .metadata = *metadata,
                                 .runner = runner,
                                 .lifecycle = lifecycle_runs,
                                 .scans = scan_queue,
                                 .collector = collector});
}

scanning::Scanner& Node::Parts::scanner() {
    if (config.scan_engine == ScanEngine::off) return no_scanner;
    if (clair) return clair->scanner();
    return scan_engine.scanner();
}

std::unique_ptr<scanning::SbomAttacher> Node::Parts::make_sboms() {
    if (!config.attach_sbom) return nullptr;
    if (config.scan_engine != ScanEngine::built_in) {
        throw UsageError(
            "scanner.attach_sbom needs scanner.engine = built-in: another engine keeps to itself what it "
            "found in an image");
    }
    // Only a name that is the same for every caller is worth writing down.
    const auto host_of = [this](const model::Registry& registry) {
        return config.public_host.empty() ? std::string() : endpoints->seen_from("").registry_host(registry);
    };
    return std::make_unique<scanning::SbomAttacher>(services, uploads, images, *config.attach_sbom, host_of,
                                                    std::string(version));
}

std::unique_ptr<scanning::clair::Engine> Node::Parts::make_clair() {
    if (config.scan_engine != ScanEngine::clair) return nullptr;
    return std::make_unique<scanning::clair::Engine>(services, scan_results, key, clair_options(config),
                                                     std::max(1U, config.scan_queue.workers));
}

http::ServerOptions Node::Parts::server_options() {
    http::ServerOptions options;
    options.address = address.host;
    options.port = address.port;
    options.threads = config.threads;
    options.tls = tls_files(config);
    options.limits = config.limits;
    options.observer = [this](const http::Answered& answered) { door.observe(answered); };
    options.refuse = &FrontDoor::refuse;
    return options;
}

Node::Node(const Config& config) : parts_(std::make_unique<Parts>(config)) {}
Node::~Node() = default;

void Node::run() {
    auto& parts = *parts_;
    log::info("serving", {{"version", std::string(version)},
                          {"address", to_text({.host = parts.address.host, .port = parts.server.port()})},
                          {"url", parts.endpoints->seen_from("").proxy_endpoint(parts.own)},
                          {"account", parts.own.account.text()},
                          {"region", parts.own.region.text()},
                          {"data", parts.data.string()}});
    parts.background = std::thread([&parts] {
        try {
            parts.runner.run();
        } catch (const std::exception& thrown) {
            log::error("background jobs have stopped", {{"reason", thrown.what()}});
        }
    });
    parts.scan_queue.start();
    parts.server.run();
    parts.runner.stop();
    parts.scan_queue.stop();
    parts.background.join();
    parts.storage_pool.join();
    log::info("stopped");
}

void Node::stop() {
    log::info("stopping", {{"grace_ms", std::to_string(parts_->config.drain_grace.count())}});
    parts_->operations.start_draining();
    parts_->database_update.stop();
    parts_->server.drain(parts_->config.drain_grace);
}

}  // namespace berth::app
