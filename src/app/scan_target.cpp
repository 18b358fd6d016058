#include "app/scan_target.hpp"

#include "app/progress_bar.hpp"
#include "app/usage_error.hpp"
#include "base/size.hpp"
#include "pull/remote_images.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <utility>

namespace berth::app {

namespace {

namespace fs = std::filesystem;

// The longest an image may take, from the first byte on.
constexpr std::chrono::minutes longest{10};

// A layer whose bytes are counted as they are read.
class CountedSource final : public archive::Source {
public:
    CountedSource(std::unique_ptr<archive::Source> bytes, std::string what, ProgressBar& bar)
        : bytes_(std::move(bytes)), what_(std::move(what)), bar_(bar) {}

    Result<std::size_t> read(std::span<std::byte> into) override {
        auto got = bytes_->read(into);
        if (got) count(*got);
        return got;
    }
    Result<std::uint64_t> skip(std::uint64_t bytes) override {
        auto got = bytes_->skip(bytes);
        if (got) count(*got);
        return got;
    }

private:
    void count(std::uint64_t bytes) {
        so_far_ += bytes;
        bar_.show(what_, so_far_, 0);
    }

    std::unique_ptr<archive::Source> bytes_;
    std::string what_;
    ProgressBar& bar_;
    std::uint64_t so_far_ = 0;
};

class WatchedImage final : public inventory::ImageSource {
public:
    WatchedImage(inventory::ImageSource& image, ProgressBar& bar) : image_(image), bar_(bar) {}

    const std::string& name() const override { return image_.name(); }
    const inventory::Platform& platform() const override { return image_.platform(); }
    const std::vector<inventory::ImageLayer>& layers() const override { return image_.layers(); }
    std::vector<std::string> problems() const override { return image_.problems(); }
    bool is_source_tree() const override { return image_.is_source_tree(); }
    Result<std::unique_ptr<archive::Source>> open_layer(std::size_t index) override {
        auto bytes = image_.open_layer(index);
        if (!bytes) return bytes;
        auto what = "layer " + std::to_string(index + 1) + " of " + std::to_string(layers().size());
        return std::make_unique<CountedSource>(std::move(*bytes), std::move(what), bar_);
    }

private:
    inventory::ImageSource& image_;
    ProgressBar& bar_;
};

std::string read_at_most(std::FILE* file, std::size_t most) {
    std::string text(most + 1, '\0');
    text.resize(std::fread(text.data(), 1, text.size(), file));
    return text;
}

Secret password_from_stdin() {
    constexpr std::size_t longest_password = 64_KiB;  // tokens are passwords too
    auto text = read_at_most(stdin, longest_password);
    if (text.size() > longest_password) throw UsageError("the password on standard input is longer than 64 KiB");
    while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
    if (text.empty()) throw UsageError("there is no password on standard input");
    return Secret(std::move(text));
}

std::optional<pull::Login> login_for(const TargetArguments& arguments, const std::string& host) {
    if (arguments.password_stdin != !arguments.username.empty()) {
        throw UsageError("--username and --password-stdin go together");
    }
    if (arguments.password_stdin) return pull::Login{.user = arguments.username, .password = password_from_stdin()};
    const auto file = pull::docker_config_file();
    if (file.empty()) return std::nullopt;
    return pull::find_login(read_document(file.string()), host);
}

std::optional<inventory::Platform> wanted_platform(const TargetArguments& arguments) {
    if (arguments.platform.empty()) return std::nullopt;
    auto platform = pull::parse_platform(arguments.platform);
    if (!platform) throw UsageError(platform.error().message);
    return std::move(*platform);
}

// A folder is of any platform.
Result<Target> choose(inventory::Images images, const std::optional<inventory::Platform>& wanted) {
    if (wanted) {
        std::string there;
        for (const auto& image : images) there += ' ' + to_text(image->platform());
        std::erase_if(images, [&](const auto& image) {
            return !image->platform().os.empty() && !pull::fits(*wanted, image->platform());
        });
        if (images.empty()) {
            return fail(FaultKind::image_not_found, "there is no image for " + to_text(*wanted) + ", but for" + there);
        }
    }
    return Target{.images = std::move(images), .reference = std::nullopt};
}

bool has_archive_ending(const std::string& target) {
    return std::ranges::any_of(std::array{".tar", ".tar.gz", ".tgz", ".tar.zst", ".tar.xz", ".tar.bz2"},
                               [&](const char* ending) { return target.ends_with(ending); });
}

// What cannot be a reference was meant as a path, and so was what would lie in a folder that is there, unless it has a
// tag or a digest.
bool is_meant_as_path(const std::string& target) {
    if (target.starts_with('/') || target.starts_with("./") || target.starts_with("../") || target == "." ||
        target == ".." || has_archive_ending(target)) {
        return true;
    }
    const auto folder = target.substr(0, target.find('/'));
    std::error_code error;
    return folder.size() < target.size() && target.find_first_of(":@") == std::string::npos &&
           fs::is_directory(folder, error);
}

}  // namespace

void add_target_options(CLI::App& command, TargetArguments& arguments) {
    command
        .add_option("target", arguments.target,
                    "OCI layout (folder or tar), docker archive, root file system, or HOST/REPOSITORY[:TAG][@DIGEST]")
        ->required();
    command.add_option("--platform", arguments.platform, "OS/ARCHITECTURE[/VARIANT] of an index (default: all)");
    command.add_option("--username", arguments.username,
                       "Name for the registry (default: the entry in docker's config.json, else nobody)");
    command.add_flag("--password-stdin", arguments.password_stdin, "Read the password from standard input");
    command.add_flag("--plain-http", arguments.plain_http,
                     "Talk to the registry without encryption (this machine's are always)");
    command.add_option("--ca-file", arguments.ca_file, "PEM file with the authorities that TLS trusts")
        ->check(CLI::ExistingFile);
}

Result<Target> open_target(const TargetArguments& arguments) {
    const auto wanted = wanted_platform(arguments);
    std::error_code error;
    if (fs::exists(arguments.target, error) || is_meant_as_path(arguments.target)) {
        auto images = inventory::open_images(arguments.target, limits_by_hand().layer);
        return images ? choose(std::move(*images), wanted) : fail(std::move(images));
    }
    auto reference = pull::parse_reference(arguments.target);
    if (!reference) return fail(reference.error().kind, reference.error().message + "; nor is there such a file");
    auto images = pull::open_remote_images(*reference,
                                           {.login = login_for(arguments, reference->host),
                                            .plain_http = arguments.plain_http,
                                            .ca_file = arguments.ca_file},
                                           wanted);
    if (!images) {
        auto fault = std::move(images).error();
        // Who names no registry may have meant a file.
        if (!arguments.target.starts_with(reference->host) && !arguments.target.starts_with("docker://")) {
            fault.message += "; nor is there such a file";
        }
        return std::unexpected(std::move(fault));
    }
    return Target{.images = std::move(*images), .reference = std::move(*reference)};
}

inventory::Limits limits_by_hand() {
    inventory::Limits limits;
    const auto end = std::chrono::steady_clock::now() + longest;
    limits.layer.out_of_time = [end] { return std::chrono::steady_clock::now() > end; };
    return limits;
}

std::unique_ptr<inventory::ImageSource> with_progress(inventory::ImageSource& image, ProgressBar& bar) {
    return std::make_unique<WatchedImage>(image, bar);
}

std::string to_text(const inventory::Platform& platform) {
    if (platform.os.empty()) return {};
    auto text = platform.os + '/' + platform.architecture;
    if (!platform.variant.empty()) text += '/' + platform.variant;
    return text;
}

std::string read_document(const std::string& file) {
    constexpr std::size_t most = std::size_t{16} << 20;
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> opened(std::fopen(file.c_str(), "rbe"), &std::fclose);
    if (!opened) throw UsageError("cannot read " + file);
    auto text = read_at_most(opened.get(), most);
    if (text.size() > most) throw UsageError(file + " is longer than 16 MiB");
    return text;
}

}  // namespace berth::app
