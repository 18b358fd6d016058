// OCI layouts and archives of `docker save`: documents first, then the layers they name.
#include "inventory/image_blobs.hpp"
#include "inventory/image_json.hpp"
#include "inventory/image_source.hpp"
#include "inventory/verified_source.hpp"

#include <algorithm>
#include <set>

namespace berth::inventory {
namespace {

// Indexes inside of indexes; the specification has one level.
constexpr int max_index_depth = 4;
constexpr std::size_t max_images = 256;

class StoredImage final : public ImageSource {
public:
    StoredImage(std::shared_ptr<const ImageBlobs> blobs, std::string name, Platform platform,
                std::vector<ImageLayer> layers, std::vector<std::string> paths)
        : blobs_(std::move(blobs)),
          name_(std::move(name)),
          platform_(std::move(platform)),
          layers_(std::move(layers)),
          paths_(std::move(paths)) {}

    const std::string& name() const override { return name_; }
    const Platform& platform() const override { return platform_; }
    const std::vector<ImageLayer>& layers() const override { return layers_; }
    Result<std::unique_ptr<archive::Source>> open_layer(std::size_t index) override {
        auto bytes = blobs_->open(paths_.at(index));
        if (!bytes) return bytes;
        return std::make_unique<VerifiedSource>(std::move(*bytes), layers_.at(index).digest);
    }

private:
    std::shared_ptr<const ImageBlobs> blobs_;
    std::string name_;
    Platform platform_;
    std::vector<ImageLayer> layers_;
    std::vector<std::string> paths_;
};

std::string text_of(const std::vector<std::byte>& bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string blob_path(const std::string& digest) {
    constexpr std::size_t algorithm = 6;  // sha256, as check_digest_form demands
    return "blobs/sha256/" + digest.substr(algorithm + 1);
}

Result<std::string> document(const ImageBlobs& blobs, const std::string& path) {
    auto source = blobs.open(path);
    if (!source) return fail(std::move(source));
    auto bytes = archive::read_all(**source, max_document_bytes, path.c_str());
    return bytes ? Result<std::string>(text_of(*bytes)) : fail(std::move(bytes));
}

Result<std::string> verified_document(const ImageBlobs& blobs, const std::string& digest) {
    auto source = blobs.open(blob_path(digest));
    if (!source) return fail(std::move(source));
    VerifiedSource verified(std::move(*source), digest);
    auto bytes = archive::read_all(verified, max_document_bytes, digest.c_str());
    return bytes ? Result<std::string>(text_of(*bytes)) : fail(std::move(bytes));
}

class Layout {
public:
    explicit Layout(std::shared_ptr<const ImageBlobs> blobs) : blobs_(std::move(blobs)) {}

    Result<Images> open() {
        auto text = document(*blobs_, "index.json");
        if (!text) return fail(std::move(text));
        auto top = parse_manifest(*text);
        if (!top) return fail(std::move(top));
        if (!top->index) return fail(FaultKind::invalid_manifest, "index.json is no index");
        if (auto added = add_children(*top->index, 0); !added) return fail(std::move(added));
        // A chart or a signature beside an image is passed over; alone it is what somebody asked for.
        if (images_.empty() && no_image_) return std::unexpected(*no_image_);
        if (images_.empty()) return fail(FaultKind::unsupported, "the layout holds no image");
        return std::move(images_);
    }

private:
    Result<void> add(const std::string& digest, const Platform& listed, int depth) {
        if (!seen_.insert(digest).second) return {};
        if (depth > max_index_depth || seen_.size() > max_images) {
            return fail(FaultKind::too_large, "the layout has too many indexes or images");
        }
        auto text = verified_document(*blobs_, digest);
        if (!text) return fail(std::move(text));
        auto found = parse_manifest(*text);
        if (!found && found.error().kind == FaultKind::unsupported) {
            no_image_ = found.error();
            return {};
        }
        if (!found) return fail(std::move(found));
        return found->manifest ? add_image(digest, *found->manifest, listed) : add_children(*found->index, depth);
    }

    Result<void> add_children(const Index& index, int depth) {
        for (std::size_t i = 0; i < index.manifests.size(); ++i) {
            if (auto added = add(index.manifests[i], index.platforms.at(i), depth + 1); !added) return added;
        }
        return {};
    }

    Result<void> add_image(const std::string& digest, const Manifest& manifest, const Platform& listed) {
        auto text = verified_document(*blobs_, manifest.config);
        if (!text) return fail(std::move(text));
        auto config = parse_config(*text);
        if (!config) return fail(std::move(config));
        std::vector<ImageLayer> layers;
        std::vector<std::string> paths;
        for (const auto& layer : manifest.layers) {
            paths.push_back(blob_path(layer.digest));
            layers.push_back({.digest = layer.digest, .absent = layer.foreign && !blobs_->has(paths.back())});
        }
        images_.push_back(std::make_unique<StoredImage>(blobs_, digest, completed(std::move(config->platform), listed),
                                                        std::move(layers), std::move(paths)));
        return {};
    }

    std::shared_ptr<const ImageBlobs> blobs_;
    Images images_;
    std::set<std::string> seen_;
    std::optional<Fault> no_image_;
};

Result<std::unique_ptr<ImageSource>> saved_image(const std::shared_ptr<const ImageBlobs>& blobs, SavedImage saved) {
    auto text = document(*blobs, saved.config);
    if (!text) return fail(std::move(text));
    auto config = parse_config(*text);
    if (!config) return fail(std::move(config));
    // Layers stand in such an archive as plain tars, whose digests the configuration has.
    if (config->diff_ids.size() != saved.layers.size()) {
        return fail(FaultKind::invalid_manifest, "the image's configuration names another number of layers");
    }
    std::vector<ImageLayer> layers;
    for (auto& id : config->diff_ids) layers.push_back({std::move(id)});
    const auto name = digest_of(std::as_bytes(std::span(*text)));
    return std::make_unique<StoredImage>(blobs, name, std::move(config->platform), std::move(layers),
                                         std::move(saved.layers));
}

Result<Images> open_saved(const std::shared_ptr<const ImageBlobs>& blobs) {
    auto text = document(*blobs, "manifest.json");
    if (!text) return fail(std::move(text));
    auto saved = parse_saved_images(*text);
    if (!saved) return fail(std::move(saved));
    if (saved->empty() || saved->size() > max_images) {
        return fail(FaultKind::invalid_manifest, "manifest.json names no image, or too many");
    }
    Images images;
    for (auto& one : *saved) {
        auto image = saved_image(blobs, std::move(one));
        if (!image) return fail(std::move(image));
        images.push_back(std::move(*image));
    }
    return images;
}

}  // namespace

Result<Images> open_oci_layout(const std::filesystem::path& folder) {
    return Layout(blobs_in_folder(folder)).open();
}

Result<Images> open_image_archive(const std::filesystem::path& file, const archive::Limits& limits) {
    auto blobs = blobs_in_tar(file, limits);
    if (!blobs) return fail(blobs.error().kind, file.string() + ": not an image archive: " + blobs.error().message);
    // Newer archives of `docker save` are both; as a layout every blob has its digest.
    if ((*blobs)->has("index.json")) return Layout(std::move(*blobs)).open();
    if ((*blobs)->has("manifest.json")) return open_saved(*blobs);
    return fail(FaultKind::unsupported, file.string() + ": a tar file, but no image archive");
}

Result<Images> open_images(const std::filesystem::path& path, const archive::Limits& limits) {
    std::error_code error;
    if (!std::filesystem::exists(path, error))
        return fail(FaultKind::image_not_found, path.string() + ": is not there");
    if (!std::filesystem::is_directory(path, error)) return open_image_archive(path, limits);
    const bool layout = std::filesystem::is_regular_file(path / "oci-layout", error) &&
                        std::filesystem::is_regular_file(path / "index.json", error);
    return layout ? open_oci_layout(path) : open_root_folder(path);
}

}  // namespace berth::inventory
