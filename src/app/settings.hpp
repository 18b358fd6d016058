// The table of settings: one row names a value of Config, reads it, shows it and documents it. The configuration
// file, `berth config` and docs/settings.md all come from these rows.
#pragma once

#include "app/config.hpp"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace berth::app {

struct Setting {
    std::string_view key;   // section.name, as in the file: [section] name = value
    std::string type;       // for people: "duration, 1s or more", "text", "true or false", "a, b or c"
    std::string_view help;  // one sentence: what it does and when to change it
    // Takes the value's text; an answer is what is wrong with it.
    std::function<std::optional<std::string>(Config&, std::string_view)> set;
    std::function<std::string(const Config&)> show;
};

[[nodiscard]] std::span<const Setting> settings();
[[nodiscard]] const Setting* find_setting(std::string_view key);

// Throws UsageError naming the key, the value and what to write; `where` goes before it.
void apply_setting(Config& config, std::string_view key, const std::string& value, const std::string& where);

// Reads a TOML file over what `config` has. Throws UsageError naming the file, line, key and what to do.
void read_config_file(const std::string& path, Config& config);

}  // namespace berth::app
