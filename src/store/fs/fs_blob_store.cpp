#include "store/fs/fs_blob_store.hpp"

#include "base/log.hpp"
#include "base/size.hpp"
#include "model/names.hpp"
#include "store/fs/file_writer.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <optional>

namespace berth::store::fs {

namespace {

Fault no_room(const Layout& layout) {
    log::error("blobs may take no more space", {{"path", layout.root().string()}, {"see", "storage.keep_free"}});
    return {.kind = FaultKind::storage_full, .message = "the storage is full"};
}

class FsBlobWriter final : public BlobWriter {
public:
    FsBlobWriter(FileWriter writer, std::shared_ptr<Layout> layout, Layout::Moment created, BlockingPool& pool)
        : writer_(std::move(writer)), layout_(std::move(layout)), created_(created), pool_(pool) {}

    [[nodiscard]] std::uint64_t size() const override { return writer_.size(); }
    Task<Result<void>> append(std::span<const std::byte> piece) override {
        co_return co_await offload(pool_, [this, piece]() -> Result<void> {
            if (!writer_.is_reserved(piece.size())) {
                if (!layout_->has_room(piece.size())) return std::unexpected(no_room(*layout_));
                writer_.reserve_ahead(layout_->has_room(piece.size() + FileWriter::reserve_step));
            }
            return writer_.append(piece);
        });
    }
    Task<Result<void>> flush() override {
        co_return co_await offload(pool_, [this] { return writer_.flush(); });
    }
    Task<Result<void>> commit() override {
        co_return co_await offload(pool_, [this]() -> Result<void> {
            auto synced = writer_.sync();
            if (!synced) return synced;
            return layout_->sync(created_);
        });
    }

private:
    FileWriter writer_;
    std::shared_ptr<Layout> layout_;
    Layout::Moment created_;
    BlockingPool& pool_;
};

class FsBlobReader final : public BlobReader {
public:
    FsBlobReader(File file, std::filesystem::path path, std::uint64_t size, BlockingPool& pool)
        : file_(std::move(file)), path_(std::move(path)), size_(size), pool_(pool) {}

    [[nodiscard]] std::uint64_t size() const override { return size_; }
    [[nodiscard]] std::optional<int> native_file() const override { return file_.descriptor(); }
    Task<Result<std::size_t>> read_at(std::uint64_t offset, std::span<std::byte> out) override {
        co_return co_await offload(pool_, [this, offset, out] { return fs::read_at(file_, path_, offset, out); });
    }

private:
    File file_;
    std::filesystem::path path_;
    std::uint64_t size_;
    BlockingPool& pool_;
};

// Some file systems refuse O_DIRECT at open (tmpfs, until lately), some only at the first write.
bool takes_direct_writes(const std::filesystem::path& root) {
    const auto probe = root / ".direct-probe";
    auto file = open_file(probe, O_RDWR | O_CREAT | O_TRUNC | O_DIRECT);
    bool taken = false;
    if (file) {
        void* block = std::aligned_alloc(FileWriter::block, FileWriter::block);
        if (block != nullptr) {
            std::fill_n(static_cast<std::byte*>(block), FileWriter::block, std::byte{0});
            taken =
                ::pwrite(file->descriptor(), block, FileWriter::block, 0) == static_cast<ssize_t>(FileWriter::block);
            std::free(block);
        }
    }
    std::error_code ignored;
    std::filesystem::remove(probe, ignored);
    return taken;
}

using Writer = std::unique_ptr<BlobWriter>;

Result<Writer> start_writer(const std::shared_ptr<Layout>& layout, BlockingPool& pool, const std::string& key,
                            int flags, bool direct, std::optional<std::uint64_t> expected_size) {
    if (!layout->has_room(expected_size.value_or(0))) return std::unexpected(no_room(*layout));
    const auto path = layout->path_of(key);
    auto file = open_file(path, O_RDWR | O_CREAT | flags | (direct ? O_DIRECT : 0));
    if (!file) return fail(std::move(file));
    auto size = size_of(*file, path);
    if (!size) return fail(std::move(size));
    const auto created = layout->now(key);
    auto writer = FileWriter::start(std::move(*file), path,
                                    direct ? FileWriter::Mode::direct : FileWriter::Mode::buffered, *size);
    if (!writer) return fail(std::move(writer));
    if (expected_size) writer->reserve(*expected_size);
    return Writer(std::make_unique<FsBlobWriter>(std::move(*writer), layout, created, pool));
}

}  // namespace

FsBlobStore::FsBlobStore(std::filesystem::path root, BlockingPool& pool, DirectIo direct, std::uint64_t keep_free)
    : layout_(std::make_shared<Layout>(std::move(root), keep_free)),
      pool_(pool),
      direct_(direct == DirectIo::where_possible && takes_direct_writes(layout_->root())) {}

Task<Result<Writer>> FsBlobStore::create(std::string key, std::optional<std::uint64_t> expected_size) {
    co_return co_await offload(pool_, [this, &key, expected_size]() -> Result<Writer> {
        auto writer = start_writer(layout_, pool_, key, O_EXCL, direct_, expected_size);
        if (writer && expected_size.value_or(0) >= 1_MiB) {
            // While the bytes arrive, the folder gets to the disk; commit() then finds it done.
            const auto moment = layout_->now(key);
            boost::asio::post(pool_, [layout = layout_, moment] { static_cast<void>(layout->sync(moment)); });
        }
        return writer;
    });
}

Task<Result<Writer>> FsBlobStore::resume(std::string key) {
    co_return co_await offload(pool_,
                               [this, &key] { return start_writer(layout_, pool_, key, 0, direct_, std::nullopt); });
}

Task<Result<std::unique_ptr<BlobReader>>> FsBlobStore::open(std::string key) {
    // Opening costs two calls on an inode that is nearly always in memory: dearer to hand over than to do.
    const auto path = layout_->path_of(key);
    auto file = open_file(path, O_RDONLY);
    if (!file) co_return fail(std::move(file));
    auto size = size_of(*file, path);
    if (!size) co_return fail(std::move(size));
    co_return std::unique_ptr<BlobReader>(std::make_unique<FsBlobReader>(std::move(*file), path, *size, pool_));
}

Task<Result<void>> FsBlobStore::remove(std::string key) {
    co_return co_await offload(pool_, [this, &key]() -> Result<void> {
        const auto path = layout_->path_of(key);
        if (::unlink(path.c_str()) == 0 || errno == ENOENT) return {};
        return std::unexpected(io_fault("remove", path, errno));
    });
}

Task<Result<void>> FsBlobStore::set_aside(std::string name) {
    co_return co_await offload(pool_, [this, &name]() -> Result<void> {
        const bool is_key = model::UploadId::parse(name).has_value();
        const auto from = is_key ? layout_->path_of(name) : layout_->path_of_stray(name);
        std::error_code error;
        std::filesystem::create_directory(layout_->quarantine(), error);
        if (error) return std::unexpected(io_fault("create", layout_->quarantine(), error.value()));
        auto to = name;
        std::ranges::replace(to, '/', '-');
        // Strays of one name may come again, and none is written over.
        while (!is_key && std::filesystem::exists(layout_->quarantine() / to, error)) to += '+';
        std::filesystem::rename(from, layout_->quarantine() / to, error);
        if (error) return std::unexpected(io_fault("set aside", from, error.value()));
        return {};
    });
}

Task<Result<std::vector<std::string>>> FsBlobStore::list_keys(std::string prefix) {
    co_return co_await offload(pool_, [this, &prefix]() -> Result<std::vector<std::string>> {
        std::vector<std::string> keys;
        for (std::size_t number = 0; number < Layout::folders; ++number) {
            std::error_code error;
            const auto folder = layout_->folder(number);
            for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
                auto name = layout_->name_of(number, at->path().filename().string());
                if (name.starts_with(prefix)) keys.push_back(std::move(name));
            }
            if (error) return std::unexpected(io_fault("list", folder, error.value()));
        }
        std::ranges::sort(keys);
        return keys;
    });
}

Task<Result<void>> FsBlobStore::check() {
    co_return co_await offload(pool_, [this]() -> Result<void> {
        const auto probe = layout_->root() / ".write-probe";
        auto file = open_file(probe, O_WRONLY | O_CREAT | O_TRUNC);
        if (!file) return fail(std::move(file));
        constexpr std::byte one{1};
        return write_at(*file, probe, 0, {&one, 1});
    });
}

}  // namespace berth::store::fs
