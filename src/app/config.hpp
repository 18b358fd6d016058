// Everything an operator may decide, with its default. The table in settings.cpp names each value, reads it from the
// configuration file and documents it.
#pragma once

#include "app/database_options.hpp"
#include "base/secret.hpp"
#include "base/size.hpp"
#include "http/server.hpp"
#include "jobs/collection.hpp"
#include "jobs/housekeeping.hpp"
#include "jobs/lifecycle.hpp"
#include "registry/settings.hpp"
#include "scanning/built_in/engine_options.hpp"
#include "scanning/clair/options.hpp"
#include "scanning/sbom_attachment.hpp"
#include "scanning/scan_queue.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace berth::app {

enum class LogFormat : std::uint8_t { text, json };
enum class LogLevel : std::uint8_t { debug, info, warning, error };
enum class ScanEngine : std::uint8_t { built_in, clair, off };
enum class AccessLog : std::uint8_t { off, errors, all };

struct Config {
    // where and who
    std::string data = "./berth-data";
    std::string listen = "127.0.0.1:5000";
    std::string account = "000000000000";
    std::string region = "us-east-1";
    std::string public_host;  // empty: the name each caller used
    std::string domain;       // empty: after the own registry's host
    std::string tls_certificate;
    std::string tls_key;
    unsigned threads = 0;

    // logging
    LogFormat log_format = LogFormat::text;
    LogLevel log_level = LogLevel::info;
    AccessLog access_log = AccessLog::errors;

    // storage
    bool direct_io = true;
    std::uint64_t keep_free = std::uint64_t{64} << 20;
    unsigned storage_threads = 0;
    std::size_t request_memory = 128_MiB;

    // shutdown
    std::chrono::milliseconds drain_grace{10'000};

    http::Limits limits;
    registry::Settings registry;
    jobs::HousekeepingOptions housekeeping;
    jobs::LifecycleOptions lifecycle;
    jobs::CollectionOptions collection;
    std::chrono::milliseconds job_poll{1000};
    ScanEngine scan_engine = ScanEngine::built_in;
    scanning::QueueOptions scan_queue;
    unsigned scan_share_beside_pushes = 5;  // percent; 100 or more: all of the time
    scanning::EngineOptions scan_engine_options;
    DatabaseOptions vulnerability_database;
    std::optional<scanning::SbomFormat> attach_sbom;
    scanning::clair::Options clair;  // its key apart
    Secret clair_key;                // in base64, as it stands in Clair's own configuration
    std::chrono::milliseconds clair_interval{60'000};
};

}  // namespace berth::app
