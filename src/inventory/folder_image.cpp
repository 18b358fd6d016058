#include "inventory/folder_tar.hpp"
#include "inventory/image_source.hpp"

namespace berth::inventory {
namespace {

// A root file system: one layer, made while it is read.
class FolderImage final : public ImageSource {
public:
    explicit FolderImage(std::filesystem::path folder)
        : folder_(std::move(folder)), name_(folder_.string()), layers_(1) {}

    const std::string& name() const override { return name_; }
    const Platform& platform() const override { return platform_; }
    const std::vector<ImageLayer>& layers() const override { return layers_; }
    bool is_source_tree() const override { return true; }
    std::vector<std::string> problems() const override {
        if (*unreadable_ == 0) return {};
        return {std::to_string(*unreadable_) + " files or folders may not be read by this user"};
    }
    Result<std::unique_ptr<archive::Source>> open_layer(std::size_t) override {
        auto tar = FolderTar::open(folder_);
        if (!tar) return fail(std::move(tar));
        return std::make_unique<Counted>(std::move(*tar), unreadable_);
    }

private:
    // Hands on how much could not be read when the reading is over.
    class Counted final : public archive::Source {
    public:
        Counted(std::unique_ptr<FolderTar> tar, std::shared_ptr<std::size_t> unreadable)
            : tar_(std::move(tar)), unreadable_(std::move(unreadable)) {}
        ~Counted() override { *unreadable_ = tar_->unreadable(); }
        Result<std::size_t> read(std::span<std::byte> into) override { return tar_->read(into); }
        Result<std::uint64_t> skip(std::uint64_t bytes) override { return tar_->skip(bytes); }

    private:
        std::unique_ptr<FolderTar> tar_;
        std::shared_ptr<std::size_t> unreadable_;
    };

    std::filesystem::path folder_;
    std::string name_;
    Platform platform_;
    std::vector<ImageLayer> layers_;
    std::shared_ptr<std::size_t> unreadable_ = std::make_shared<std::size_t>(0);
};

}  // namespace

Result<Images> open_root_folder(const std::filesystem::path& folder) {
    // Whether it is there is seen now, not at the first layer.
    if (auto there = FolderTar::open(folder); !there) return fail(std::move(there));
    Images images;
    images.push_back(std::make_unique<FolderImage>(folder));
    return images;
}

}  // namespace berth::inventory
