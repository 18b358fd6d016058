// What `berth scan` and `berth sbom` look at: a path, or a reference in a registry.
#pragma once

#include "base/result.hpp"
#include "inventory/image_source.hpp"
#include "inventory/limits.hpp"
#include "pull/reference.hpp"

#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace berth::app {

class ProgressBar;

struct TargetArguments {
    std::string target;
    std::string platform;
    std::string username;
    bool password_stdin = false;
    bool plain_http = false;
    std::string ca_file;
};

// TARGET, --platform, --username, --password-stdin, --plain-http, --ca-file.
void add_target_options(CLI::App& command, TargetArguments& arguments);

struct Target {
    inventory::Images images;
    std::optional<pull::Reference> reference;  // none: a path
};

// A path that is there counts before a reference of the same spelling. Throws UsageError for options that do not fit.
[[nodiscard]] Result<Target> open_target(const TargetArguments& arguments);

// Bounds on one image by hand; time runs from the call.
[[nodiscard]] inventory::Limits limits_by_hand();

// The same image; how far its layers are read shows on `bar`. Both outlive it.
[[nodiscard]] std::unique_ptr<inventory::ImageSource> with_progress(inventory::ImageSource& image, ProgressBar& bar);

// linux/arm64/v8; empty for a folder.
[[nodiscard]] std::string to_text(const inventory::Platform& platform);

// The whole of a file of at most 16 MiB. Throws UsageError.
[[nodiscard]] std::string read_document(const std::string& file);

}  // namespace berth::app
