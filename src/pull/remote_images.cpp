#include "pull/remote_images.hpp"

#include "inventory/image_json.hpp"
#include "inventory/verified_source.hpp"
#include "pull/blob_stream.hpp"

#include <set>

namespace berth::pull {

namespace {

using inventory::Platform;

// Indexes inside of indexes; the specification has one level.
constexpr int max_index_depth = 4;
constexpr std::size_t max_images = 256;

class RemoteImage final : public inventory::ImageSource {
public:
    RemoteImage(std::shared_ptr<Session> session, std::string name, Platform platform,
                std::vector<inventory::ImageLayer> layers)
        : session_(std::move(session)),
          name_(std::move(name)),
          platform_(std::move(platform)),
          layers_(std::move(layers)) {}

    const std::string& name() const override { return name_; }
    const Platform& platform() const override { return platform_; }
    const std::vector<inventory::ImageLayer>& layers() const override { return layers_; }
    Result<std::unique_ptr<archive::Source>> open_layer(std::size_t index) override {
        const auto& digest = layers_.at(index).digest;
        return std::make_unique<inventory::VerifiedSource>(std::make_unique<BlobStream>(session_, digest), digest);
    }

private:
    std::shared_ptr<Session> session_;
    std::string name_;
    Platform platform_;
    std::vector<inventory::ImageLayer> layers_;
};

// Follows a reference down to the images.
class Walk {
public:
    Walk(const Reference& reference, Access access, const std::optional<Platform>& wanted)
        : session_(std::make_shared<Session>(reference, std::move(access))),
          http_(session_->http_options()),
          wanted_(wanted) {}

    Result<inventory::Images> open(const std::string& reference) {
        if (auto added = add(reference, {}, 0); !added) return fail(std::move(added));
        if (images_.empty() && no_image_) return std::unexpected(*no_image_);
        if (images_.empty()) return fail(FaultKind::image_not_found, "the reference has no image for this platform");
        return std::move(images_);
    }

private:
    // `reference`: a tag is taken as it comes, what a digest names must have it.
    Result<void> add(const std::string& reference, const Platform& listed, int depth) {
        if (!seen_.insert(reference).second) return {};
        if (depth > max_index_depth || seen_.size() > max_images) {
            return fail(FaultKind::too_large, "the reference has too many indexes or images");
        }
        auto text = session_->manifest(http_, reference, inventory::max_document_bytes);
        if (!text) return fail(std::move(text));
        const auto digest = inventory::digest_of(std::as_bytes(std::span(*text)));
        if (reference.contains(':') && reference != digest) {
            return fail(FaultKind::digest_mismatch, "the registry gives another manifest than " + reference);
        }
        auto found = inventory::parse_manifest(*text);
        if (!found && found.error().kind == FaultKind::unsupported) {
            no_image_ = found.error();
            return {};
        }
        if (!found) return fail(std::move(found));
        return found->manifest ? add_image(digest, *found->manifest, listed) : add_children(*found->index, depth);
    }

    Result<void> add_children(const inventory::Index& index, int depth) {
        for (std::size_t i = 0; i < index.manifests.size(); ++i) {
            const auto& platform = index.platforms.at(i);
            if (wanted_ && !platform.os.empty() && !fits(*wanted_, platform)) continue;
            if (auto added = add(index.manifests[i], platform, depth + 1); !added) return added;
        }
        return {};
    }

    Result<void> add_image(const std::string& digest, const inventory::Manifest& manifest, const Platform& listed) {
        BlobStream blob(session_, manifest.config);
        auto bytes = archive::read_all(blob, inventory::max_document_bytes, "the image's configuration");
        if (!bytes) return fail(std::move(bytes));
        if (inventory::digest_of(*bytes) != manifest.config) {
            return fail(FaultKind::digest_mismatch, "the registry gives another configuration than " + manifest.config);
        }
        auto config = inventory::parse_config({reinterpret_cast<const char*>(bytes->data()), bytes->size()});
        if (!config) return fail(std::move(config));
        auto platform = inventory::completed(std::move(config->platform), listed);
        if (wanted_ && !fits(*wanted_, platform)) return {};
        std::vector<inventory::ImageLayer> layers;
        // Whether this registry has a foreign layer all the same is not asked.
        for (const auto& layer : manifest.layers) layers.push_back({.digest = layer.digest, .absent = layer.foreign});
        images_.push_back(std::make_unique<RemoteImage>(session_, digest, std::move(platform), std::move(layers)));
        return {};
    }

    std::shared_ptr<Session> session_;
    client::HttpClient http_;
    std::optional<Platform> wanted_;
    inventory::Images images_;
    std::set<std::string> seen_;
    std::optional<Fault> no_image_;
};

}  // namespace

Result<Platform> parse_platform(std::string_view text) {
    const auto refuse = [&] {
        return fail(FaultKind::invalid_parameter,
                    "'" + std::string(text) + "' is no platform; write linux/amd64 or linux/arm64/v8");
    };
    const auto first = text.find('/');
    if (first == std::string_view::npos) return refuse();
    const auto second = text.find('/', first + 1);
    Platform platform{.os = std::string(text.substr(0, first)),
                      .architecture = std::string(text.substr(first + 1, second - first - 1)),
                      .variant = second == std::string_view::npos ? "" : std::string(text.substr(second + 1))};
    if (platform.os.empty() || platform.architecture.empty() || platform.variant.contains('/')) return refuse();
    return platform;
}

bool fits(const Platform& wanted, const Platform& platform) {
    return wanted.os == platform.os && wanted.architecture == platform.architecture &&
           (wanted.variant.empty() || wanted.variant == platform.variant);
}

Result<inventory::Images> open_remote_images(const Reference& reference, Access access,
                                             const std::optional<Platform>& wanted) {
    return Walk(reference, std::move(access), wanted).open(reference.wanted());
}

}  // namespace berth::pull
