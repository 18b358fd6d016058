#include "store/fs/contract.hpp"
#include "store/fs/fs_blob_store.hpp"
#include "testing/folder.hpp"

#include <filesystem>

namespace berth::store::contract {
namespace {

class FolderPlace final : public Place {
public:
    explicit FolderPlace(fs::DirectIo direct) : direct_(direct) {}
    ~FolderPlace() override { close(); }
    BlobStore& reopen() override {
        close();
        pool_ = std::make_unique<BlockingPool>(3);
        store_ = std::make_unique<fs::FsBlobStore>(root_.path(), *pool_, direct_);
        return *store_;
    }
    [[nodiscard]] bool direct() const { return store_->direct(); }

private:
    void close() {
        if (pool_) pool_->join();
        store_.reset();
    }

    testing::Folder root_{std::filesystem::temp_directory_path()};  // on a disk: memory has no direct I/O
    fs::DirectIo direct_;
    std::unique_ptr<BlockingPool> pool_;
    std::unique_ptr<fs::FsBlobStore> store_;
};

}  // namespace

std::vector<std::string> variants() {
    return {"buffered", "direct"};
}

std::unique_ptr<Place> open_place(const std::string& variant) {
    if (variant == "buffered") return std::make_unique<FolderPlace>(fs::DirectIo::off);
    auto place = std::make_unique<FolderPlace>(fs::DirectIo::where_possible);
    static_cast<void>(place->reopen());
    if (!place->direct()) return nullptr;
    return place;
}

}  // namespace berth::store::contract
