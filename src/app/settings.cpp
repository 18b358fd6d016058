#include "app/settings.hpp"

#include "app/units.hpp"
#include "app/usage_error.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <initializer_list>
#include <utility>
#include <vector>

namespace berth::app {

using namespace std::chrono_literals;

namespace {

// How each kind of value is read and shown. A Field gives the place in Config.
template <class Field>
Setting text(std::string_view key, Field field, std::string_view help) {
    return {key, "text", help,
            [field](Config& config, std::string_view value) -> std::optional<std::string> {
                field(config) = std::string(value);
                return std::nullopt;
            },
            [field](const Config& config) { return std::string(field(const_cast<Config&>(config))); }};
}

// Never shown: anybody may be looking.
template <class Field>
Setting secret(std::string_view key, Field field, std::string_view help) {
    return {key, "text", help,
            [field](Config& config, std::string_view value) -> std::optional<std::string> {
                field(config) = Secret(std::string(value));
                return std::nullopt;
            },
            [field](const Config& config) {
                return std::string(field(const_cast<Config&>(config)).reveal().empty() ? "" : "(set)");
            }};
}

// `least`: what is below would break the server or have it turn in circles. 0 where 0 has a meaning of its own.
template <class Value>
std::string with_least(std::string_view type, Value least, const std::string& shown) {
    return std::string(type) + (least == Value() ? "" : ", " + shown + " or more");
}

template <class Field>
Setting number(std::string_view key, Field field, unsigned least, std::string_view help) {
    return {key, with_least("number", least, std::to_string(least)), help,
            [field, least](Config& config, std::string_view value) -> std::optional<std::string> {
                std::remove_reference_t<decltype(field(config))> parsed{};
                const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), parsed);
                if (error != std::errc{} || end != value.data() + value.size() || std::cmp_less(parsed, least)) {
                    return "write a whole number, " + std::to_string(least) + " or more";
                }
                field(config) = parsed;
                return std::nullopt;
            },
            [field](const Config& config) { return std::to_string(field(const_cast<Config&>(config))); }};
}

template <class Field>
Setting size(std::string_view key, Field field, std::uint64_t least, std::string_view help) {
    return {key, with_least("size", least, show_size(least)), help,
            [field, least](Config& config, std::string_view value) -> std::optional<std::string> {
                const auto bytes = parse_size(value);
                if (!bytes) return "write a size such as 64KiB, 4MiB or 10GiB";
                if (*bytes < least) return "write a size, " + show_size(least) + " or more";
                field(config) = *bytes;
                return std::nullopt;
            },
            [field](const Config& config) { return show_size(field(const_cast<Config&>(config))); }};
}

template <class Field>
Setting duration(std::string_view key, Field field, std::chrono::milliseconds least, std::string_view help) {
    return {key, with_least("duration", least, show_duration(least)), help,
            [field, least](Config& config, std::string_view value) -> std::optional<std::string> {
                const auto parsed = parse_duration(value);
                using Place = std::remove_reference_t<decltype(field(config))>;
                if (!parsed) return "write a duration such as 500ms, 30s, 5m, 12h or 7d";
                if (*parsed < least) return "write a duration, " + show_duration(least) + " or more";
                field(config) = std::chrono::duration_cast<Place>(*parsed);
                if (field(config) != *parsed) return "this one is kept in larger units; write a longer duration";
                return std::nullopt;
            },
            [field](const Config& config) {
                return show_duration(
                    std::chrono::duration_cast<std::chrono::milliseconds>(field(const_cast<Config&>(config))));
            }};
}

template <class Value>
using Names = std::initializer_list<std::pair<std::string_view, Value>>;

template <class Value, class Field>
Setting choice(std::string_view key, std::string_view type, Names<Value> names, Field field, std::string_view help) {
    const std::vector<std::pair<std::string_view, Value>> table(names);
    return {key, std::string(type), help,
            [field, table, type](Config& config, std::string_view value) -> std::optional<std::string> {
                for (const auto& [name, meaning] : table) {
                    if (name != value) continue;
                    field(config) = meaning;
                    return std::nullopt;
                }
                return "write " + std::string(type);
            },
            [field, table](const Config& config) {
                for (const auto& [name, meaning] : table) {
                    if (meaning == field(const_cast<Config&>(config))) return std::string(name);
                }
                return std::string();
            }};
}

template <class Field>
Setting yes_or_no(std::string_view key, Field field, std::string_view help) {
    return choice<bool>(key, "true or false", {{"true", true}, {"false", false}}, field, help);
}

// A row's place in Config.
#define BERTH_AT(member) [](Config& config) -> auto& { return config.member; }  // NOLINT(cppcoreguidelines-macro-usage)

std::vector<Setting> make_settings() {
    using registry::Missing;
    using registry::Repush;
    return {
        text("server.data", BERTH_AT(data), "Folder for everything the server keeps: metadata, blobs, keys."),
        text("server.listen", BERTH_AT(listen), "Address and port to listen on; port 0 takes any free one."),
        text("server.account", BERTH_AT(account), "Twelve digits: the account of the server's own registry."),
        text("server.region", BERTH_AT(region), "Region of the server's own registry."),
        text("server.public_host", BERTH_AT(public_host),
             "host[:port] that clients use for the own registry, as it stands in repositoryUri; empty: the name each "
             "caller used."),
        text("server.domain", BERTH_AT(domain),
             "DOMAIN[:port] in ACCOUNT.dkr.ecr.REGION.DOMAIN, for registries of other regions; empty: after the own "
             "registry's host."),
        text("server.tls_cert", BERTH_AT(tls_certificate),
             "PEM file with the certificate chain; with server.tls_key, the server speaks TLS."),
        text("server.tls_key", BERTH_AT(tls_key), "PEM file with the private key of server.tls_cert."),
        number("server.threads", BERTH_AT(threads), 0, "I/O threads; 0 is one for each core."),
        duration("server.drain_grace", BERTH_AT(drain_grace), 0s,
                 "How long running requests may take to finish after SIGTERM; 0s: they are broken off."),

        choice<LogFormat>("log.format", "text or json", {{"text", LogFormat::text}, {"json", LogFormat::json}},
                          BERTH_AT(log_format), "How log lines look on standard error."),
        choice<LogLevel>("log.level", "debug, info, warning or error",
                         {{"debug", LogLevel::debug},
                          {"info", LogLevel::info},
                          {"warning", LogLevel::warning},
                          {"error", LogLevel::error}},
                         BERTH_AT(log_level), "The least important lines that are logged."),
        choice<AccessLog>("log.access", "off, errors or all",
                          {{"off", AccessLog::off}, {"errors", AccessLog::errors}, {"all", AccessLog::all}},
                          BERTH_AT(access_log), "Which requests are logged; errors are those answered with 5xx."),

        size("storage.inline_limit", BERTH_AT(registry.inline_blob_bytes), 0,
             "Blobs up to this size are kept in the metadata instead of a file of their own; 0: none is."),
        yes_or_no("storage.direct_io", BERTH_AT(direct_io),
                  "Write blobs past the page cache where the file system can; a pull right after a push then reads "
                  "from the disk."),
        size("storage.keep_free", BERTH_AT(keep_free), 0,
             "Uploads are refused (507) when less than this would be left of the disk: the metadata needs room to tell "
             "what may go. 0: they are not."),
        number("storage.threads", BERTH_AT(storage_threads), 0,
               "Threads that hash, write and read blobs; 0 is two for each core, at least four."),
        size("storage.transfer_memory", BERTH_AT(registry.transfer_memory), 0,
             "Memory for pieces of blobs being pushed; when it is used up, pieces get smaller and pushes slower."),
        size("storage.cache_memory", BERTH_AT(registry.cache_memory), 0,
             "Memory for manifests, small blobs and tag lists that are asked for again; 0: nothing is kept."),
        duration("storage.sweep_interval", BERTH_AT(housekeeping.sweep_interval), 100ms,
                 "How often expired uploads and superfluous bytes are removed."),
        duration("storage.gc_grace", BERTH_AT(registry.blob_grace), 1s,
                 "How long a blob that no image needs is kept, from its upload, the end of its last image or the last "
                 "time a client was told it is there. An image must be pushed within this time after its layers."),
        duration("storage.gc_interval", BERTH_AT(collection.interval), 100ms,
                 "How often blobs are looked for whose storage.gc_grace is over."),
        number("storage.gc_rate", BERTH_AT(collection.rate), 0,
               "Blobs a second that are looked at and removed at most; 0 is no limit, and then pushes get slower."),
        duration("storage.purge_interval", BERTH_AT(housekeeping.purge_interval), 100ms,
                 "How often rows of deleted repositories are removed."),
        duration("jobs.poll_interval", BERTH_AT(job_poll), 10ms,
                 "How often background jobs that are due are looked for."),
        duration("events.retention", BERTH_AT(housekeeping.event_retention), 0s,
                 "How long events stay in the outbox; 0s: to its next sweep."),
        duration("pulls.write_interval", BERTH_AT(housekeeping.pull_times_interval), 100ms,
                 "How often noted pull times (lastRecordedPullTime) are written."),

        size("limits.header_bytes", BERTH_AT(limits.header_bytes), 8_KiB,
             "Longest request line and headers together; longer ones are answered with 431."),
        number("limits.connections", BERTH_AT(limits.connections), 1,
               "Connections open at once; more are answered with 503."),
        duration("limits.header_timeout", BERTH_AT(limits.header_timeout), 100ms,
                 "From the first byte of a request to the end of its headers; slower ones are answered with 408."),
        duration("limits.idle_timeout", BERTH_AT(limits.idle_timeout), 100ms,
                 "How long a connection may wait for its next request."),
        duration("limits.stall_timeout", BERTH_AT(limits.stall_timeout), 1s,
                 "How long a body or an answer may stand still."),
        size("limits.min_body_rate", BERTH_AT(limits.min_body_bytes_per_second), 0,
             "Bytes a second a body must bring on average over limits.stall_timeout; 0: no least rate."),
        size("limits.request_memory", BERTH_AT(request_memory), 32_MiB,
             "Memory for the requests that are read whole (manifests, calls of the ECR API), all together; more are "
             "answered with 429. One part of a layer takes 28MiB."),
        size("limits.manifest_bytes", BERTH_AT(registry.manifest_bytes), 64_KiB, "Largest manifest. ECR: 4MiB."),
        number("limits.manifest_depth", BERTH_AT(registry.manifest_depth), 8, "Deepest nesting of a manifest's JSON."),
        size("limits.layer_bytes", BERTH_AT(registry.layer_bytes), 1_MiB, "Largest blob. ECR: 52000MiB."),
        number("limits.tags_per_image", BERTH_AT(registry.tags_per_image), 1, "Tags one image may have. ECR: 1000."),
        number("limits.uploads_per_repository", BERTH_AT(registry.uploads_per_repository), 1,
               "Uploads of one repository running at once; more are answered with 429."),
        duration("limits.upload_lifetime", BERTH_AT(registry.upload_lifetime), 1s,
                 "How long an upload may rest before it is swept."),

        choice<Missing>("images.missing_children", "refuse or accept",
                        {{"refuse", Missing::refuse}, {"accept", Missing::accept}}, BERTH_AT(registry.missing_children),
                        "An index whose manifests are not all in the repository. ECR refuses it."),
        choice<Missing>("images.missing_layers", "refuse or accept",
                        {{"refuse", Missing::refuse}, {"accept", Missing::accept}}, BERTH_AT(registry.missing_blobs),
                        "An image whose config or layers are not all in the repository. ECR refuses it."),
        choice<Repush>("images.immutable_repush", "refuse or accept",
                       {{"refuse", Repush::refuse}, {"accept", Repush::accept}}, BERTH_AT(registry.immutable_repush),
                       "A client pushes the same digest under the same immutable tag again. ECR refuses it, which "
                       "breaks tools that push twice."),
        yes_or_no("images.delete_referenced", BERTH_AT(registry.delete_referenced),
                  "Allow deleting manifests that an index names and blobs that a manifest names. ECR refuses it."),
        duration("images.recycle_bin", BERTH_AT(registry.recycle_bin), 0s,
                 "How long deleted images stay in the recycle bin, from where they can be restored; 0s turns it off. "
                 "Shortening it empties the bin accordingly."),
        duration("images.recycle_interval", BERTH_AT(housekeeping.bin_interval), 100ms,
                 "How often images whose time in the recycle bin is up are removed."),
        duration(
            "images.restore_hold", BERTH_AT(registry.restore_hold), 0s,
            "How long no lifecycle policy takes an image that came back from the recycle bin; 0s: it may at once."),
        duration("images.restore_delay", BERTH_AT(registry.lifecycle.restore_delay), 0s,
                 "From the request to restore an archived image to the active image. ECR: up to 20 minutes."),
        duration("lifecycle.interval", BERTH_AT(lifecycle.interval), 1s,
                 "How often every lifecycle policy is applied."),
        duration("lifecycle.push_delay", BERTH_AT(registry.lifecycle.push_delay), 0s,
                 "From a push to the run of the repository's lifecycle policy; pushes in between share it."),
        duration("lifecycle.preview_lifetime", BERTH_AT(registry.lifecycle.preview_lifetime), 1s,
                 "How long the results of a lifecycle policy preview can be read."),
        duration("lifecycle.sweep_interval", BERTH_AT(lifecycle.sweep_interval), 100ms,
                 "How often results of previews that are over are removed."),
        number("lifecycle.batch", BERTH_AT(registry.lifecycle.batch), 1,
               "Images a lifecycle run deletes or archives in one transaction."),
        duration("lifecycle.pause", BERTH_AT(registry.lifecycle.pause), 0s,
                 "Between two transactions of a lifecycle run, so that pushes are not held up."),
        yes_or_no("lifecycle.extensions", BERTH_AT(registry.lifecycle.extensions),
                  "Accept in lifecycle policies what ECR has not, and default policies for a registry's repositories."),
        choice<ScanEngine>(
            "scanner.engine", "built-in, clair or off",
            {{"built-in", ScanEngine::built_in}, {"clair", ScanEngine::clair}, {"off", ScanEngine::off}},
            BERTH_AT(scan_engine),
            "What scans images: the engine that is built in, or a Clair server; off: every scan fails and says so."),
        number("scanner.workers", BERTH_AT(scan_queue.workers), 1, "Scans running at once."),
        number("scanner.share_beside_pushes", BERTH_AT(scan_share_beside_pushes), 1,
               "Percent of a core's time that scans may take while images are being pushed; 100: all they need."),
        number("scanner.attempts", BERTH_AT(scan_queue.attempts), 1,
               "How often a scan is tried whose failure may pass (no database, a full disk), before it has failed."),
        duration("scanner.first_retry", BERTH_AT(scan_queue.first_retry), 100ms,
                 "From a failed scan to its second try; doubled with each further one."),
        duration("scanner.longest_retry", BERTH_AT(scan_queue.longest_retry), 100ms, "Longest time between two tries."),
        duration("scanner.manual_interval", BERTH_AT(registry.scans.manual_interval), 0s,
                 "From one scan of an image to the next that StartImageScan may ask for; 0s: no limit. ECR: 24h."),
        yes_or_no("scanner.manual_enhanced", BERTH_AT(registry.scans.manual_enhanced),
                  "Allow StartImageScan where the registry's scan type is ENHANCED. ECR refuses it."),
        yes_or_no("scanner.vex", BERTH_AT(registry.scans.vex),
                  "Honour VEX documents that are attached to images: findings they exclude show as suppressed."),
        choice<std::optional<scanning::SbomFormat>>("scanner.attach_sbom", "off, cyclonedx or spdx",
                                                    {{"off", std::nullopt},
                                                     {"cyclonedx", scanning::SbomFormat::cyclonedx},
                                                     {"spdx", scanning::SbomFormat::spdx}},
                                                    BERTH_AT(attach_sbom),
                                                    "Attach a bill of materials, as a referrer, to each image that is "
                                                    "scanned and has none; only with the built-in engine."),
        text("scanner.database", BERTH_AT(vulnerability_database.folder),
             "Folder of the vulnerability database, as `berth vulndb --db` takes it; empty: vulndb in server.data."),
        duration("scanner.database_poll", BERTH_AT(vulnerability_database.poll), 100ms,
                 "How often a newer vulnerability database is looked for in that folder."),
        size("scanner.database_memory", BERTH_AT(scan_engine_options.database_memory), 0,
             "Memory for what was read of the vulnerability database: images that are matched again have much in "
             "common."),
        duration("scanner.update_interval", BERTH_AT(vulnerability_database.update_interval), 0s,
                 "How often the server itself runs `berth vulndb update`; 0s: never."),
        text("scanner.update_feeds", BERTH_AT(vulnerability_database.feeds),
             "TOML file with the feeds to fetch, as `berth vulndb update --feeds` takes it; empty: the public ones."),
        text("scanner.update_proxy", BERTH_AT(vulnerability_database.proxy),
             "http://host:port to fetch feeds through; empty: none."),
        number("scanner.layer_workers", BERTH_AT(scan_engine_options.workers), 1,
               "Confined processes that read layers at once; more layers wait."),
        size("scanner.worker_memory", BERTH_AT(scan_engine_options.sandbox.memory_bytes), 16_MiB,
             "Address space of such a process; a layer that needs more fails its scan."),
        number("scanner.worker_cpu", BERTH_AT(scan_engine_options.sandbox.cpu_seconds), 1,
               "Seconds of processor time of such a process, for all layers it reads."),
        number("scanner.worker_niceness", BERTH_AT(scan_engine_options.sandbox.niceness), 0,
               "How far such a process steps back where processors are short, 0 to 19: pushes and pulls go first."),
        number("scanner.worker_layers", BERTH_AT(scan_engine_options.layers_of_worker), 1,
               "Layers that such a process reads before another takes its place."),
        duration("scanner.worker_idle", BERTH_AT(scan_engine_options.idle), 0s,
                 "How long such a process waits for the next layer before it ends."),
        duration("scanner.image_time", BERTH_AT(scan_engine_options.scans.longest), 1s,
                 "How long reading one image's layers may take; then its scan fails."),
        number("scanner.image_layers", BERTH_AT(scan_engine_options.scans.limits.layers), 1,
               "Layers an image may have to be scanned."),
        size("scanner.layer_unpacked", BERTH_AT(scan_engine_options.scans.limits.layer.unpacked_bytes), 1_MiB,
             "What a layer may come to when it is unpacked; more fails the scan."),
        number("scanner.layer_ratio", BERTH_AT(scan_engine_options.scans.limits.layer.ratio), 1,
               "Bytes that each stored byte of a layer may unpack to, once more than 100MiB came out."),
        number("scanner.layer_entries", BERTH_AT(scan_engine_options.scans.limits.layer.entries), 1,
               "Files, folders and links a layer may have to be scanned."),
        size("scanner.layer_found", BERTH_AT(scan_engine_options.scans.limits.found_bytes_of_layer), 64_KiB,
             "Memory that what is found in one layer may take: names, versions, paths."),
        size("scanner.image_found", BERTH_AT(scan_engine_options.scans.limits.found_bytes_of_image), 64_KiB,
             "The same for all layers of an image."),
        yes_or_no("scanner.kernel_headers_last", BERTH_AT(scan_engine_options.scans.rank_kernel_headers_last),
                  "Show findings that only the kernel's headers (linux-libc-dev) bring after all others."),
        text("scanner.clair_url", BERTH_AT(clair.url),
             "Address of the Clair server for scanner.engine = clair, such as http://clair:6060."),
        text("scanner.clair_layers_url", BERTH_AT(clair.own_url),
             "Address under which Clair reaches this server to fetch layers; empty: that of server.public_host."),
        secret("scanner.clair_key", BERTH_AT(clair_key),
               "The key shared with Clair in base64, as auth.psk.key in Clair's configuration; empty: Clair asks for "
               "none. Better in a file than on the command line, where others see it."),
        text("scanner.clair_issuer", BERTH_AT(clair.issuer),
             "Who this server says it is; one of auth.psk.iss in Clair's configuration."),
        text("scanner.clair_ca", BERTH_AT(clair.ca_file),
             "PEM file with the authority of Clair's certificate; empty: the system's."),
        duration("scanner.clair_timeout", BERTH_AT(clair.patience), 1s,
                 "How long Clair may take for one image; then its scan fails."),
        duration("scanner.clair_poll", BERTH_AT(clair.poll), 10ms,
                 "How often Clair is asked whether an image is ready that it is still busy with."),
        duration("scanner.clair_interval", BERTH_AT(clair_interval), 100ms,
                 "How often Clair is asked whether it knows more; then images of continuous scans are matched again."),
        yes_or_no("blobs.mounting", BERTH_AT(registry.blob_mounting),
                  "Allow mounting blobs from other repositories of the registry."),
    };
}

#undef BERTH_AT

// A value of the file as the text the rows take; TOML's own types are only spelling.
std::optional<std::string> to_text(const toml::node& node) {
    if (const auto value = node.value_exact<std::string>()) return *value;
    if (const auto value = node.value_exact<std::int64_t>()) return std::to_string(*value);
    if (const auto value = node.value_exact<bool>()) return *value ? "true" : "false";
    return std::nullopt;
}

std::string at(const std::string& path, const toml::source_region& where) {
    return path + ":" + std::to_string(where.begin.line) + ": ";
}

[[noreturn]] void refuse(const std::string& path, const toml::source_region& where, const std::string& what) {
    throw UsageError(at(path, where) + what);
}

void read_section(const std::string& path, std::string_view section, const toml::table& table, Config& config) {
    for (const auto& [name, node] : table) {
        const std::string key = std::string(section) + "." + std::string(name.str());
        const auto value = to_text(node);
        if (const auto* setting = find_setting(key); setting != nullptr && !value) {
            refuse(path, node.source(), key + ": write a " + setting->type);
        }
        apply_setting(config, key, value.value_or(""), at(path, node.source()));
    }
}

}  // namespace

std::span<const Setting> settings() {
    static const std::vector<Setting> table = make_settings();
    return table;
}

const Setting* find_setting(std::string_view key) {
    const auto all = settings();
    const auto at = std::ranges::find(all, key, &Setting::key);
    return at == all.end() ? nullptr : &*at;
}

void apply_setting(Config& config, std::string_view key, const std::string& value, const std::string& where) {
    const auto* setting = find_setting(key);
    if (setting == nullptr) {
        throw UsageError(where + "there is no setting " + std::string(key) + "; `berth config` lists them all");
    }
    if (const auto problem = setting->set(config, value)) {
        throw UsageError(where + std::string(key) + " = " + value + ": " + *problem);
    }
}

void read_config_file(const std::string& path, Config& config) {
    try {
        const auto file = toml::parse_file(path);
        for (const auto& [section, node] : file) {
            const auto* table = node.as_table();
            if (table == nullptr) {
                refuse(path, node.source(),
                       std::string(section.str()) + " stands outside of a section; put it under one, such as [server]");
            }
            read_section(path, section.str(), *table, config);
        }
    } catch (const toml::parse_error& error) {
        refuse(path, error.source(), std::string(error.description()));
    }
}

}  // namespace berth::app
