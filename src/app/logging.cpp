#include "app/logging.hpp"

#include "base/log.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <string>

namespace berth::app {

namespace {

std::string in_quotes(std::string_view text) {
    return boost::json::serialize(boost::json::value(text));
}

// name=value; quoted when it could be misread.
std::string text_line(std::string_view message, std::span<const log::Field> fields) {
    std::string line(message);
    for (const auto& [name, value] : fields) {
        const bool plain = !value.empty() && value.find_first_of(" \"=\n\r\t\\") == std::string::npos;
        line += ' ';
        line += name;
        line += '=';
        line += plain ? value : in_quotes(value);
    }
    return line;
}

std::string json_members(std::string_view message, std::span<const log::Field> fields) {
    std::string line = "\"message\":" + in_quotes(message);
    for (const auto& [name, value] : fields) line += "," + in_quotes(name) + ":" + in_quotes(value);
    return line;
}

spdlog::level::level_enum level_of(log::Level level) {
    switch (level) {
        case log::Level::debug:
            return spdlog::level::debug;
        case log::Level::info:
            return spdlog::level::info;
        case log::Level::warning:
            return spdlog::level::warn;
        case log::Level::error:
            return spdlog::level::err;
    }
    return spdlog::level::err;
}

}  // namespace

void start_logging(const Config& config) {
    const auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    const auto logger = std::make_shared<spdlog::logger>("berth", sink);
    const bool json = config.log_format == LogFormat::json;
    const std::string pattern =
        json ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})" : "%Y-%m-%dT%H:%M:%S.%eZ %^%l%$ %v";
    logger->set_formatter(std::make_unique<spdlog::pattern_formatter>(pattern, spdlog::pattern_time_type::utc));
    logger->set_level(spdlog::level::trace);
    logger->flush_on(spdlog::level::info);
    log::set_sink(
        [logger, json](log::Level level, std::string_view message, std::span<const log::Field> fields) {
            const auto line = json ? json_members(message, fields) : text_line(message, fields);
            logger->log(level_of(level), spdlog::string_view_t(line.data(), line.size()));
        },
        static_cast<log::Level>(config.log_level));
}

}  // namespace berth::app
